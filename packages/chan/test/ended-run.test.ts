// What is left of a run that has ended: handles, operations and channels that somebody kept. Each is defined: a handle
// tells how its goroutine ended, an operation that waits for nobody of that run works outside it or in another run.
import { chan, select } from "@gr/chan";
import {
  CancelledError,
  GoexitError,
  type Goroutine,
  go,
  goexit,
  numGoroutine,
  type Op,
  run,
  sleep,
  until,
} from "@gr/core";
import { expect, test } from "vitest";

test("handles of a run that has ended tell how each goroutine ended, outside and in another run", async () => {
  const handles: Goroutine<unknown>[] = [];
  await run(function* () {
    handles.push(
      go(() => 5),
      go(() => goexit()),
      go(function* () {
        yield* chan().recv();
      }),
    );
    yield* sleep(1);
  });
  const [done, left, cut] = handles as [Goroutine<unknown>, Goroutine<unknown>, Goroutine<unknown>];
  expect(await done).toBe(5);
  await expect(Promise.resolve(left)).rejects.toThrow(GoexitError);
  await expect(Promise.resolve(cut)).rejects.toThrow(CancelledError);
  expect(await run(() => done)).toBe(5);
  await expect(run(() => cut)).rejects.toThrow(CancelledError);
  // Cancelling what has ended is nothing, and no status changes.
  cut.cancel("again");
  expect([done.status, left.status, cut.status]).toEqual(["dead", "dead", "dead"]);
});

test("operations made in a run that has ended act where they are used", async () => {
  const kept: Op<unknown>[] = [];
  const c = chan<number>(2);
  await run(function* () {
    kept.push(c.send(1), c.recv(), until(Promise.resolve("late")), sleep(0), select({ a: c.recv(), default: true }));
  });
  const [send, recv, late, nap, choice] = kept as [Op<unknown>, Op<unknown>, Op<unknown>, Op<unknown>, Op<unknown>];
  await send;
  expect(c.len).toBe(1);
  expect(await recv).toBe(1);
  expect(await late).toBe("late");
  await nap;
  expect(await choice).toMatchObject({ key: "default" });
  expect(
    await run(function* () {
      yield* send;
      return yield* recv;
    }),
  ).toBe(1);
});

test("a channel keeps what a run that has ended put into it, and nobody of that run waits on it any more", async () => {
  const c = chan<string>(1);
  const before = numGoroutine();
  await run(function* () {
    go(function* () {
      for (const v of ["kept", "never sent"]) yield* c.send(v);
    });
    yield* sleep(1);
  });
  expect(numGoroutine()).toBe(before);
  expect(await c.recv()).toBe("kept");
  expect(c.tryRecv()).toBe(undefined);
});

test("go after its run has ended starts in no run, and is joined as usual", async () => {
  let later: () => Goroutine<number> = () => go(() => 0);
  await run(() => {
    later = () => go(() => 7);
  });
  expect(await later()).toBe(7);
});
