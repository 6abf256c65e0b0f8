// More programs everybody knows: those that compute in parallel or share something.
import { type Chan, chan, type Receiver, type Sender } from "@gr/chan";
import type { Coroutine } from "@gr/core";
import { spawn, tasks } from "../task.ts";
import { take } from "./plumbing.ts";

type Matrix = readonly Float64Array[];

interface Block {
  readonly row: number;
  readonly rows: Matrix;
}

function matrix(n: number, at: (i: number, j: number) => number): Matrix {
  return Array.from({ length: n }, (_, i) => Float64Array.from({ length: n }, (_, j) => at(i, j)));
}

/** Some rows of a product. */
export function* multiplyBlock(row: number, rows: Matrix, b: Matrix, out: Sender<Block>): Coroutine<void> {
  const product = rows.map((a) =>
    Float64Array.from({ length: b.length }, (_, j) => a.reduce((sum, x, k) => sum + x * b[k]![j]!, 0)),
  );
  yield* out.send({ row, rows: product });
}

/** The product of two matrices by blocks of rows. */
export function* matrixProgram(): Coroutine<number[][]> {
  const [n, block] = [32, 8];
  const a = matrix(n, (i, j) => i + j / 2);
  const b = matrix(n, (i, j) => i * j - 3);
  const out = chan<Block>();
  for (let row = 0; row < n; row += block) spawn(multiplyBlock, row, a.slice(row, row + block), b, out);
  const result: number[][] = [];
  for (const { row, rows } of yield* take(out, n / block))
    rows.forEach((r, i) => {
      result[row + i] = [...r];
    });
  return result;
}

export function* countWords(text: string, out: Sender<Map<string, number>>): Coroutine<void> {
  const counts = new Map<string, number>();
  for (const word of text.toLowerCase().match(/[a-zäöüßéñ]+/g) ?? []) counts.set(word, (counts.get(word) ?? 0) + 1);
  yield* out.send(counts);
}

const TEXT = [
  "The cat sat on the mat, and the mat was flat.",
  "Über den Wolken muß die Freiheit, über den Wolken.",
  "A cat, a mat, a señor and the café of the cat.",
  "Flat is the mat where the cat sat; that is that.",
];

/** Words are counted line by line (map) and added up (reduce). */
export function* wordCountProgram(): Coroutine<[string, number][]> {
  const out = chan<Map<string, number>>(2);
  const lines = Array.from({ length: 24 }, (_, i) => TEXT[i % TEXT.length]!);
  for (const line of lines) spawn(countWords, line, out);
  const all = new Map<string, number>();
  for (const counts of yield* take(out, lines.length))
    for (const [word, n] of counts) all.set(word, (all.get(word) ?? 0) + n);
  return [...all].sort(([x], [y]) => (x < y ? -1 : 1));
}

/** Eats some meals; takes the fork with the lower number first, so that nobody waits in a circle. */
export function* philosopher(
  id: number,
  low: Chan<string>,
  high: Chan<string>,
  meals: number,
  eaten: Sender<readonly [number, string]>,
): Coroutine<void> {
  for (let i = 0; i < meals; i++) {
    const first = (yield* low.recv())!;
    const second = (yield* high.recv())!;
    yield* eaten.send([id, `${first}+${second}`]);
    yield* high.send(second);
    yield* low.send(first);
  }
}

/** Five philosophers, five forks; a fork is a value in a channel of one. */
export function* philosophersProgram(): Coroutine<string[]> {
  const [seats, meals] = [5, 12];
  const forks = Array.from({ length: seats }, () => chan<string>(1));
  for (const [i, fork] of forks.entries()) yield* fork.send(`fork ${i}`);
  const eaten = chan<readonly [number, string]>();
  for (let id = 0; id < seats; id++) {
    const next = (id + 1) % seats;
    spawn(philosopher, id, forks[Math.min(id, next)]!, forks[Math.max(id, next)]!, meals, eaten);
  }
  const log = (yield* take(eaten, seats * meals)).map(([id, what]) => `${id}: ${what}`);
  return log.sort();
}

/** Keeps a band of rows; in each generation gives its edge rows to its neighbours and takes theirs. */
export function* band(
  id: number,
  start: readonly string[],
  generations: number,
  up: readonly [to: Sender<string>, from: Receiver<string>],
  down: readonly [to: Sender<string>, from: Receiver<string>],
  done: Sender<readonly [number, readonly string[]]>,
): Coroutine<void> {
  let rows = start;
  for (let g = 0; g < generations; g++) {
    yield* up[0].send(rows[0]!);
    yield* down[0].send(rows.at(-1)!);
    const above = (yield* up[1].recv())!;
    const below = (yield* down[1].recv())!;
    rows = nextRows([above, ...rows, below]);
  }
  yield* done.send([id, rows]);
}

// The rows between the first and the last, one generation later. Columns wrap round.
function nextRows(rows: readonly string[]): string[] {
  const alive = (y: number, x: number): number => {
    const row = rows[y]!;
    return row[(x + row.length) % row.length] === "#" ? 1 : 0;
  };
  return rows.slice(1, -1).map((row, i) =>
    [...row]
      .map((_, x) => {
        let near = -alive(i + 1, x);
        for (let dy = 0; dy < 3; dy++) for (let dx = -1; dx <= 1; dx++) near += alive(i + dy, x + dx);
        return near === 3 || (near === 2 && alive(i + 1, x) === 1) ? "#" : ".";
      })
      .join(""),
  );
}

/** Conway's game on a torus, cut into bands that talk to their neighbours. */
export function* lifeProgram(): Coroutine<string[]> {
  const [size, bands] = [24, 4];
  const world = Array.from({ length: size }, (_, y) =>
    Array.from({ length: size }, (_, x) => ((x * 7 + y * 13 + x * y) % 5 < 2 ? "#" : ".")).join(""),
  );
  // Edges with room for one row: everybody sends before receiving.
  const edges = Array.from({ length: bands }, () => [chan<string>(1), chan<string>(1)] as const);
  const done = chan<readonly [number, readonly string[]]>();
  const height = size / bands;
  for (let id = 0; id < bands; id++) {
    const [above, below] = [edges[id]!, edges[(id + 1) % bands]!];
    const rows = world.slice(id * height, (id + 1) * height);
    spawn(band, id, rows, 20, [above[0], above[1]], [below[1], below[0]], done);
  }
  const parts = yield* take(done, bands);
  return parts.sort(([a], [b]) => a - b).flatMap(([, rows]) => rows);
}

tasks(import.meta.url, { multiplyBlock, countWords, philosopher, band });
