// A wait that was begun and taken back leaves nothing in any queue.
import { chan, each, select } from "@gr/chan";
import { type Coroutine, call, go, gosched, MisuseError, type Op, run } from "@gr/core";
import { toOp } from "@gr/core/internal";
import { expect, test } from "vitest";

test("an operation driven by hand is out of its queue when the goroutine has been told", async () => {
  await run(function* () {
    const a = chan<string>(0, { name: "a" });
    const b = chan<string>(0, { name: "b" });
    const got: unknown[] = [];
    function* byHand(): Coroutine<void> {
      a.recv()[Symbol.iterator]().next();
    }
    go(function* () {
      try {
        yield* call(byHand);
      } catch (err) {
        got.push(err instanceof MisuseError);
      }
      got.push(yield* b.recv());
    });
    yield* gosched();
    expect(a.trySend("for nobody")).toBe(false);
    yield* b.send("for b");
    yield* gosched();
    expect(got).toEqual([true, "for b"]);
  });
});

test("a select whose case cannot be queued is out of all queues", async () => {
  await run(function* () {
    const a = chan<string>();
    const c = chan<string>();
    const broken = toOp(chan<string>().recvOk()) as unknown as { enqueue(): void } & Op<unknown>;
    broken.enqueue = () => {
      throw new RangeError("no room");
    };
    const got: unknown[] = [];
    go(function* () {
      try {
        yield* select([a.recv(), broken]);
      } catch (err) {
        got.push((err as Error).message);
      }
      got.push(yield* c.recv());
    });
    yield* gosched();
    expect(a.trySend("for nobody")).toBe(false);
    yield* c.send("for c");
    // A slice that ends here lets this goroutine go first.
    while (got.length < 2) yield* gosched();
    expect(got).toEqual(["no room", "for c"]);
  });
});

test("what is no AbortSignal is refused when the operation is made", () => {
  expect(() => chan<number>().recv({ signal: { aborted: false } as AbortSignal })).toThrow("expected an AbortSignal");
});

test("a cursor has its channel's version, by which select's default sees other threads", () => {
  const c = chan<number>();
  const next = toOp(each(c).next());
  const own = toOp(c.recv());
  Object.defineProperty(own, "version", { value: 7 });
  expect(next?.version).toBe(7);
});
