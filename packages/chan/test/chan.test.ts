import { chan, range, select } from "@gr/chan";
import { go, gosched, run, runSync, sleep } from "@gr/core";
import { expect, test } from "vitest";

test("an unbuffered channel hands values over one by one (golden O5)", () => {
  const out: string[] = [];
  runSync(function* () {
    const c = chan<number>();
    go(function* () {
      for (let i = 1; i <= 3; i++) {
        yield* c.send(i);
        out.push(`S${i}`);
      }
    });
    for (let i = 1; i <= 3; i++) {
      yield* c.recv();
      out.push(`R${i}`);
    }
    yield* gosched();
  });
  expect(out.join(" ")).toBe("S1 R1 R2 S2 S3 R3");
});

test("select takes a ready case, a timer, or the default", async () => {
  await run(function* () {
    const a = chan<number>();
    const b = chan<string>(1);
    expect(yield* select({ a: a.recv(), b: b.send("x"), nil: false })).toEqual({
      key: "b",
      value: undefined,
      ok: true,
    });
    expect((yield* select({ a: a.recv(), late: sleep(1) })).key).toBe("late");
    expect(yield* select([a.recv(), b.recv()])).toEqual({ key: 1, value: "x", ok: true });
    expect((yield* select({ a: a.recv(), default: true })).key).toBe("default");
    go(function* () {
      for (let i = 0; i < 3; i++) yield* a.send(i);
      a.close();
    });
    const got: number[] = [];
    yield* range(a, (v) => {
      got.push(v);
    });
    expect(got).toEqual([0, 1, 2]);
  });
});
