import { createMemory, ops } from "@gr/shm";
import { beforeEach, expect, test } from "vitest";
import type { Bus, ObjectMessage } from "../src/bus.ts";
import { Group } from "../src/group.ts";
import * as w from "../src/layout.ts";
import * as MState from "../src/m-state.ts";
import { completeTable } from "../src/object-complete.ts";
import { listed, ObjectTable } from "../src/object-table.ts";
import { CELL_BYTES } from "../src/object-words.ts";

type Told = (message: ObjectMessage) => void;

/** A line between the isolates of a test: messages lie in each one's queue until it drains, or the test delivers them. */
class Line {
  private readonly ends = new Map<Told, ObjectMessage[]>();
  readonly posts: string[] = [];

  open(told: Told, instant: boolean): Bus {
    const queue: ObjectMessage[] = [];
    this.ends.set(told, queue);
    return {
      instant,
      post: (message) => {
        this.posts.push(message.gr);
        for (const [to, others] of this.ends) if (to !== told) others.push(message);
      },
      drain: () => {
        if (instant) this.deliver(told);
      },
      close: () => this.ends.delete(told),
    };
  }
  /** What is queued for one end, or for all. */
  deliver(to?: Told): void {
    for (const [told, queue] of this.ends)
      if (to === undefined || to === told) for (const message of queue.splice(0)) told(message);
  }
}

let mem: Int32Array;
let line: Line;
let lastCell = 0;
beforeEach(() => {
  mem = createMemory(1 << 20).i32;
  line = new Line();
  lastCell = 1 << 16;
});

function table(m: number, instant = true): ObjectTable {
  ops.store(mem, w.NMS, Math.max(m + 1, ops.load(mem, w.NMS)));
  return new ObjectTable(new Group(mem, m), (told) => line.open(told, instant));
}
const newCell = (): number => {
  lastCell += CELL_BYTES / 4;
  return lastCell;
};
const joins = (m: number): number => ops.store(mem, w.mSlot(m) + w.M_STATE, MState.Awake);

test("over an instant line an object is there as soon as its number is", () => {
  const [a, b] = [table(0), table(1)];
  const buffer = new SharedArrayBuffer(8);
  const id = a.publish(buffer, buffer, newCell());
  expect(b.keeper(id)).toBe(buffer);
  expect(listed(new Group(mem, 0))).toEqual([id]);
});

test("an isolate that starts asks the others for what was posted after its starter looked and before its line was open", async () => {
  const [main, worker] = [table(0), table(1)];
  const given = main.known();
  const buffer = new SharedArrayBuffer(8);
  const id = worker.publish(buffer, buffer, newCell());
  const late = table(2);
  let done = false;
  const complete = completeTable(late, given).then(() => {
    done = true;
  });
  await null;
  expect(late.keeper(id)).toBeUndefined();
  expect(done).toBe(false);
  // Any of them answers: the one that made it need not be there for it.
  line.deliver();
  line.deliver();
  await complete;
  expect(late.keeper(id)).toBe(buffer);
});

test("what was given up before the line was open is not kept, and nobody waits for it", async () => {
  const [main, worker] = [table(0), table(1)];
  const cell = newCell();
  const id = main.publish(new SharedArrayBuffer(8), new SharedArrayBuffer(8), cell);
  const given = main.known();
  worker.retire(id, cell);
  const late = table(2);
  await completeTable(late, given);
  expect(late.keeper(id)).toBeUndefined();
  line.deliver();
  expect(main.keeper(id)).toBeUndefined();
  expect(listed(new Group(mem, 0))).toEqual([]);
});

test("over a slow line who waits is told when the object has come, and who sent it when all have it", () => {
  const [a, b] = [table(0, false), table(1, false)];
  joins(0);
  joins(1);
  const buffer = new SharedArrayBuffer(8);
  const cell = newCell();
  const id = a.publish(buffer, buffer, cell);
  b.when(() => b.keeper(id) !== undefined);
  expect([b.keeper(id), a.everywhere(cell), b.waits]).toEqual([undefined, false, 1]);
  line.deliver();
  expect([b.keeper(id), a.everywhere(cell), b.waits]).toEqual([buffer, true, 0]);
});

test("over a slow line an object that comes after it was given up changes no word of its cell, which is somebody else's", () => {
  const [a, b] = [table(0, false), table(1, false)];
  joins(0);
  joins(1);
  const cell = newCell();
  const id = a.publish(new SharedArrayBuffer(8), new SharedArrayBuffer(8), cell);
  a.retire(id, cell);
  // Allocated anew, for a value.
  const words = CELL_BYTES / 4;
  for (let i = 0; i < words; i++) ops.store(mem, cell + i, 0);
  line.deliver();
  expect([...mem.subarray(cell, cell + words)]).toEqual(Array.from({ length: words }, () => 0));
  expect(b.keeper(id)).toBeUndefined();
  // Allocated anew, for another object.
  const next = a.publish(new SharedArrayBuffer(8), new SharedArrayBuffer(8), cell);
  b.receive({ gr: "object", id, cell, object: new SharedArrayBuffer(8) });
  expect(a.everywhere(cell)).toBe(false);
  line.deliver();
  expect(a.everywhere(cell)).toBe(true);
  expect([b.keeper(id), b.keeper(next)]).toEqual([undefined, expect.any(SharedArrayBuffer)]);
});
