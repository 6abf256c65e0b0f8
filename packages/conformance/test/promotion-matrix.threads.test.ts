// Promotion whole, over real threads: buffered or not x parked {nobody, sender, receiver, select, outside} x promoted by
// {argument, nested value, send, result} x something in it cannot cross. In one isolate: chan/test/promote.test.ts.
import { type Chan, chan } from "@gr/chan";
import { type Coroutine, type Goroutine, go, run } from "@gr/core";
import { startThreads, type Threads } from "@gr/threads";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

type Parked = "nobody" | "sender" | "receiver" | "select that sends" | "select that receives" | "outside";
const everybody: Parked[] = ["nobody", "sender", "receiver", "select that sends", "select that receives", "outside"];

type Body<A extends readonly unknown[], T> = (...args: A) => Coroutine<T>;
interface Bodies {
  prepare: Body<[number, Parked, boolean], Chan<unknown>>;
  use: Body<[Chan<unknown>, Parked, number], unknown[]>;
  outcome: Body<[Parked], unknown>;
  isUntouched: Body<[Parked, number], boolean>;
  heldBy(parked: Parked, cap: number): number;
  uses: Body<[Chan<unknown>, Parked, number], unknown[]>;
  usesNested: Body<[{ in: [Map<string, Chan<unknown>>] }, Parked, number], unknown[]>;
  usesFrom: Body<[Chan<unknown>, Parked, number], unknown[]>;
  gives: Body<[number, Parked, boolean], Chan<unknown>>;
  tells: Body<[Parked], unknown>;
  untouched: Body<[Parked, number], boolean>;
  echo: Body<[unknown], unknown>;
}
const t = (await import(new URL("./fixtures/promotion.mjs", import.meta.url).href)) as Bodies;

let threads: Threads;
let carrier: Chan<unknown>;
beforeAll(async () => {
  // One worker, which makes what is promoted by a result and is asked about it later.
  threads = await startThreads({ procs: 1, mainRuns: false });
  carrier = chan<unknown>();
  expect(await go(t.echo, carrier)).toBe(carrier);
});
afterAll(() => threads.close());

/** How main's channel is handed over, and where an error says that it is. */
const ways: Record<
  string,
  [hand: (c: Chan<unknown>, parked: Parked, cap: number) => Coroutine<unknown[]>, path: string]
> = {
  argument: [
    function* (c, parked, cap) {
      return yield* go(t.uses, c, parked, cap);
    },
    "args[0]",
  ],
  "nested value": [
    function* (c, parked, cap) {
      return yield* go(t.usesNested, { in: [new Map([["c", c]])] }, parked, cap);
    },
    'args[0].in[0].get("c")',
  ],
  send: [
    function* (c, parked, cap) {
      let user: Goroutine<unknown[]> | undefined;
      try {
        user = go(t.usesFrom, carrier, parked, cap);
        yield* carrier.send(c);
      } catch (err) {
        user?.cancel();
        throw err;
      }
      return yield* user;
    },
    "value",
  ],
};

function* caught(body: () => Coroutine<unknown>): Coroutine<unknown> {
  try {
    return yield* body();
  } catch (err) {
    return err;
  }
}

const sends = (parked: Parked): boolean => parked === "sender" || parked === "select that sends";

/** What the other side must have seen: nothing left, the same capacity and name, and the values in order. */
function seen(parked: Parked, cap: number): unknown[] {
  const held = t.heldBy(parked, cap);
  const values: unknown[] = Array.from({ length: held }, (_, i) => (i + 1 === cap ? { deep: [cap] } : i + 1));
  return [0, cap, "jobs", ...values, ...(sends(parked) ? [{ deep: [cap] }] : [])];
}

function told(parked: Parked): unknown {
  if (parked === "nobody") return null;
  if (sends(parked)) return parked === "sender" ? undefined : "c";
  return { from: "there" };
}

describe.each([0, 2])("capacity %d", (cap) => {
  describe.each(everybody)("%s waits", (parked) => {
    test.each(Object.entries(ways))("promoted by: %s", (_, [hand]) =>
      run(function* () {
        const c = yield* t.prepare(cap, parked, false);
        expect(yield* hand(c, parked, cap)).toEqual(seen(parked, cap));
        expect(yield* t.outcome(parked)).toEqual(told(parked));
        expect(yield* go(t.echo, c)).toBe(c);
      }),
    );

    test("promoted by: result", () =>
      run(function* () {
        const c = yield* go(t.gives, cap, parked, false);
        expect(c.len).toBe(t.heldBy(parked, cap));
        expect(yield* t.use(c, parked, cap)).toEqual(seen(parked, cap));
        expect(yield* go(t.tells, parked)).toEqual(told(parked));
        expect(yield* go(t.echo, c)).toBe(c);
      }));

    test.each(Object.entries(ways))("not promoted by: %s, since something in it cannot cross", (_, [hand, path]) =>
      run(function* () {
        const c = yield* t.prepare(cap, parked, true);
        const err = yield* caught(() => hand(c, parked, cap));
        expect(err).toMatchObject({ name: "DataCloneError", path });
        expect(yield* t.isUntouched(parked, cap)).toBe(true);
      }),
    );

    test("not promoted by: result, since something in it cannot cross", () =>
      run(function* () {
        const err = yield* caught(() => go(t.gives, cap, parked, true)[Symbol.iterator]() as Coroutine<unknown>);
        expect(err).toMatchObject({ name: "DataCloneError", path: "result" });
        expect(yield* go(t.untouched, parked, cap)).toBe(true);
      }));
  });
});
