// Each line that ends with a mark must be found: `lint` by the shipped setting, `types` by the compiler. No other may be.
import { chan, each, range, select } from "@gr/chan";
import { all, type Coroutine, call, go, run, scope, sleep, timeout, until } from "@gr/core";
import { Mutex, WaitGroup } from "@gr/sync";

const ch = chan<number>();
const mu = new Mutex();
const wg = new WaitGroup();

export function* forgotten(): Coroutine<void> {
  ch.send(1); // lint
  ch.recv(); // lint
  sleep(5); // lint
  select({ a: ch.recv() }); // lint
  timeout(ch.recv(), 5); // lint
  all([ch.recv()]); // lint
  call(used); // lint
  scope(function* () {}); // lint
  until(Promise.resolve()); // lint
  each(ch).next(); // lint
  range(ch, () => {}); // lint
  mu.lock(); // lint
  wg.wait(); // lint
  if (ch.len > 0) ch.recv(); // lint
  run(used); // lint
}

export function* starless(): Coroutine<void> {
  yield ch.send(1); // types
  const n = yield ch.recv(); // types
  console.log(n);
}

const plain = function* () {
  yield ch.recv();
};
export const started = go(plain); // types

export function* used(): Coroutine<number | undefined> {
  yield* ch.send(1);
  go(used);
  const g = go(function* () {
    yield* sleep(1);
  });
  g.cancel();
  const later = ch.recv();
  void ch.recv();
  return yield* later;
}

export async function outside(): Promise<void> {
  await ch.send(1);
  go(() => ch.recv());
}
