// What must compile, with the exact type, and what must not. Checked by tsc.
import {
  all,
  type Coroutine,
  call,
  current,
  type Goroutine,
  go,
  goexit,
  gosched,
  type Op,
  portable,
  run,
  runSync,
  scope,
  sleep,
  timeout,
  until,
} from "@gr/core";

type Same<A, B> = (<X>() => X extends A ? 1 : 2) extends <X>() => X extends B ? 1 : 2 ? true : false;
const is = <T extends true>(): T | undefined => undefined;

function* worker(n: number, text: string): Coroutine<boolean> {
  yield* sleep(n);
  return text.length === n;
}

export function* good(): Coroutine<void> {
  const g = go(worker, 1, "a");
  is<Same<typeof g, Goroutine<boolean>>>();
  const joined = yield* g;
  is<Same<typeof joined, boolean>>();
  const asyncResult = yield* go(async (n: number) => n, 1);
  is<Same<typeof asyncResult, number>>();
  const plain = yield* call((a: number) => String(a), 1);
  is<Same<typeof plain, string>>();
  const tuple = yield* all([g, until(Promise.resolve("x")), sleep(1)]);
  is<Same<typeof tuple, [boolean, string, void]>>();
  const timed = yield* timeout(g, 5);
  is<Same<typeof timed, boolean>>();
  const scoped = yield* scope(function* (s) {
    const inner = s.go(worker, 1, "b");
    return yield* inner;
  });
  is<Same<typeof scoped, boolean>>();
  const fetched = yield* until(async (signal) => signal.aborted);
  is<Same<typeof fetched, boolean>>();
  const me = current();
  is<Same<typeof me, Goroutine<unknown> | undefined>>();
  yield* gosched();
  const wider: Op<unknown> = g;
  yield* wider;
  return yield* goexit();
}

export async function outside(): Promise<void> {
  const n = await run(function* () {
    return (yield* go(worker, 1, "a")) ? 1 : 2;
  });
  is<Same<typeof n, 1 | 2>>();
  const s = runSync(() => "text");
  is<Same<typeof s, string>>();
  const count = portable(import.meta.url, "test:count", function* (text: string): Coroutine<number> {
    return text.length;
  });
  is<Same<Parameters<typeof count>, [text: string]>>();
  is<Same<Awaited<Goroutine<number>>, number>>();
}

export function* bad(): Coroutine<void> {
  // @ts-expect-error a missing argument
  go(worker, 1);
  // @ts-expect-error an argument of another type
  go(worker, "1", "a");
  // @ts-expect-error one argument too many
  go(worker, 1, "a", 3);
  // @ts-expect-error no function
  go(5);
  // @ts-expect-error a generator object instead of its function
  go(worker(1, "a"));
  // @ts-expect-error a number of milliseconds
  sleep("1");
  // @ts-expect-error no promise
  until(5);
  // @ts-expect-error no operation
  timeout(5, 5);
  // @ts-expect-error no operation in the list
  all([sleep(1), 2]);
  // @ts-expect-error main takes no argument
  run(worker);
  // @ts-expect-error there is no such mode
  run(() => 1, { deadlock: "maybe" });
  const g = go(worker, 1, "a");
  // @ts-expect-error the id is not ours to set
  g.id = 5;
  // @ts-expect-error neither is the status
  g.status = "dead";
  // @ts-expect-error a result of another type
  const wrong: Goroutine<string> = g;
  void wrong;
  // @ts-expect-error yield without the star
  const noStar: Coroutine<void> = (function* () {
    yield sleep(1);
  })();
  void noStar;
  // @ts-expect-error a promise is no operation: until(promise)
  yield* Promise.resolve(1);
  // @ts-expect-error a function cannot cross threads
  portable(import.meta.url, "test:f", (f: () => void) => f());
  // @ts-expect-error a symbol cannot cross threads, however deep it is
  portable(import.meta.url, "test:s", (x: { readonly a: readonly symbol[] }) => x.a.length);
  // @ts-expect-error a result that is a function cannot cross either
  portable(import.meta.url, "test:r", () => () => 1);
}
