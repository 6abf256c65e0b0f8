// The files that the whole programs read: made once, from a fixed seed, into bench/.cache.
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const cache = fileURLToPath(new URL("../.cache/", import.meta.url));

/** Files of each kind; a benchmark reads the first n of them. */
const FILES = 400;

/** Parameters for a benchmark that reads files: where they are and what must come out. */
export async function prepareData(bench, quick) {
  if (bench.data === undefined) return undefined;
  const dir = join(cache, `data-${bench.data}`);
  if (!existsSync(dir)) makeFiles(bench.data, dir);
  const sums = JSON.parse(readFileSync(join(dir, "sums.json"), "utf8"));
  const n = quick ? bench.quick : bench.n;
  const expected = sums.slice(0, n).reduce((all, sum) => all + sum, 0);
  // The warm-up reads the same files, so that the file cache is warm in every round.
  return { dir, expected, warm: n };
}

const kinds = {
  texts(random) {
    const words = 20_000;
    const text = Array.from({ length: words }, (_, i) => word(random) + (i % 12 === 11 ? "\n" : " ")).join("");
    return { text, sum: words };
  },
  json(random) {
    const orders = Array.from({ length: 1500 }, (_, id) => ({
      id,
      customer: word(random),
      items: Array.from({ length: 1 + (random() % 4) }, () => ({
        name: word(random),
        count: 1 + (random() % 9),
        cents: random() % 10_000,
      })),
      paid: random() % 2 === 0,
    }));
    return { text: JSON.stringify(orders), sum: sumOfOrders(orders) };
  },
};

/** What the JSON files add up to: the price of everything that was paid, in cents. */
export function sumOfOrders(orders) {
  let sum = 0;
  for (const { paid, items } of orders) if (paid) for (const { count, cents } of items) sum += count * cents;
  return sum;
}

/** The name of file i in its folder, the same on every side. */
export const fileName = (i) => `${String(i).padStart(4, "0")}.txt`;

// Made beside its place and then moved there, so that half a set is never taken for a whole one.
function makeFiles(kind, dir) {
  const making = `${dir}.making`;
  rmSync(making, { recursive: true, force: true });
  mkdirSync(making, { recursive: true });
  const random = xorshift(20_261_124);
  const sums = [];
  for (let i = 0; i < FILES; i++) {
    const { text, sum } = kinds[kind](random);
    writeFileSync(join(making, fileName(i)), text);
    sums.push(sum);
  }
  writeFileSync(join(making, "sums.json"), JSON.stringify(sums));
  renameSync(making, dir);
}

function xorshift(seed) {
  let x = seed;
  return () => {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    return x >>> 0;
  };
}

function word(random) {
  let text = "";
  for (let left = 2 + (random() % 9); left > 0; left--) text += String.fromCharCode(97 + (random() % 26));
  return text;
}
