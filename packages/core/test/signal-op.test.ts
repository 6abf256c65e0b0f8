import { type Coroutine, go, type Op, timeout } from "@gr/core";
import { OpBase, SignalOp, type Waiter, WaitQueue } from "@gr/core/internal";
import { expect, test } from "vitest";
import { messageOf, play } from "./virtual.ts";

/** To queue at it runs the user's code, as the encoding of a value that is sent does. */
class Turnstile extends OpBase<string> {
  readonly waiters = new WaitQueue();
  private readonly entered: () => void;
  constructor(entered: () => void) {
    super();
    this.entered = entered;
  }
  get reason(): number {
    return 0;
  }
  poll(): boolean {
    return false;
  }
  enqueue(w: Waiter): void {
    this.entered();
    this.waiters.enqueue(w);
  }
  dequeue(w: Waiter): void {
    this.waiters.remove(w);
  }
}

const aborting = (): { op: Op<string>; inner: Turnstile } => {
  const stop = new AbortController();
  const inner = new Turnstile(() => stop.abort(new Error("stop")));
  return { inner, op: new SignalOp(inner as OpBase<unknown>, stop.signal) as unknown as Op<string> };
};

function* errorOf(op: Op<unknown>): Coroutine<string> {
  try {
    yield* op;
    return "no error";
  } catch (err) {
    return messageOf(err);
  }
}

test("a signal that fires while its operation queues itself ends the wait, in each way of waiting", async () => {
  const { value } = await play(function* () {
    const [plain, timed, outside] = [aborting(), aborting(), aborting()];
    const said = [yield* errorOf(plain.op), yield* errorOf(timeout(timed.op, 1000))];
    const awaited = outside.op.then(() => "no error", messageOf);
    return [...said, yield* go(() => awaited), plain.inner.waiters.size, timed.inner.waiters.size];
  });
  expect(value).toEqual(["stop", "stop", "stop", 0, 0]);
});
