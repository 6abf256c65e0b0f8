// The types of select, of the bridges and of what is made of receives: checked by the compiler alone.
//
// Every line marked as an error must be one (an unused @ts-expect-error is an error itself), every other line must
// compile, and where same<A, B> does not hold, its `true` is an error. Directions and variance: @gr/conformance.

import type { EventEmitter } from "node:events";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { Readable } from "node:stream";
import type { ReadableStream as NodeWebStream } from "node:stream/web";
import {
  after,
  type Case,
  type Chan,
  close,
  each,
  fromAsyncIterable,
  fromReadable,
  fromSignal,
  notify,
  type Received,
  type Receiver,
  range,
  type Sender,
  type Source,
  select,
  Timer,
  ticker,
  toReadable,
} from "@gr/chan";
import { type Coroutine, type Op, type RecvOp, sleep, timeout, until } from "@gr/core";

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
declare function same<A, B>(holds: Same<A, B>): void;
type ResultOf<O> = O extends Op<infer T> ? T : never;
type Arm<K, V> = { readonly key: K; readonly value: V; readonly ok: true };
type Closed<K> = { readonly key: K; readonly value: undefined; readonly ok: false };
type Default = Closed<"default">;

declare const numbers: Chan<number>;
declare const strings: Chan<string>;
declare const open: boolean;
declare const maybe: Chan<number> | undefined;
declare const nothing: null;
declare const signal: AbortSignal;
declare const optional: AbortSignal | undefined;

// Exact unions, object form.
const receives = select({ a: numbers.recv(), b: strings.recv() });
same<ResultOf<typeof receives>, Arm<"a", number> | Closed<"a"> | Arm<"b", string> | Closed<"b">>(true);
const mixed = select({ s: strings.send("x"), t: sleep(1), p: until(Promise.resolve(7)) });
same<ResultOf<typeof mixed>, Arm<"s", void> | Arm<"t", void> | Arm<"p", number>>(true);
const ok = select({ pair: numbers.recvOk() });
same<ResultOf<typeof ok>, Arm<"pair", Received<number>>>(true);

// default: there, not there, perhaps there.
const withDefault = select({ a: numbers.recv(), default: true });
same<ResultOf<typeof withDefault>, Arm<"a", number> | Closed<"a"> | Default>(true);
const without = select({ a: numbers.send(1), default: false });
same<ResultOf<typeof without>, Arm<"a", void>>(true);
const perhaps = select({ a: numbers.send(1), default: open });
same<ResultOf<typeof perhaps>, Arm<"a", void> | Default>(true);
const only = select({ default: true });
same<ResultOf<typeof only>, Default>(true);

// nil cases have no arm; perhaps-nil ones have that of the operation.
const nil = select({ a: undefined, b: null, c: false, d: strings.send("x") });
same<ResultOf<typeof nil>, Arm<"d", void>>(true);
const perhapsNil = select({ a: open && numbers.recv(), b: maybe?.recv(), c: open ? strings.send("") : null });
same<ResultOf<typeof perhapsNil>, Arm<"a", number> | Closed<"a"> | Arm<"b", number> | Closed<"b"> | Arm<"c", void>>(
  true,
);
const none = select({});
same<ResultOf<typeof none>, never>(true);
const either = select({ a: open ? numbers.recv() : strings.send("x") });
same<ResultOf<typeof either>, Arm<"a", number> | Closed<"a"> | Arm<"a", void>>(true);

// Array form.
const tuple = select([numbers.recv(), strings.send("x"), open && sleep(1)]);
same<ResultOf<typeof tuple>, Arm<0, number> | Closed<0> | Arm<1, void> | Arm<2, void>>(true);
const tupleDefault = select([numbers.send(1)], { default: true });
same<ResultOf<typeof tupleDefault>, Arm<0, void> | Default>(true);
const tuplePerhaps = select([numbers.send(1)], { default: open });
same<ResultOf<typeof tuplePerhaps>, Arm<0, void> | Default>(true);
const tupleWithout = select([numbers.send(1)], { default: false });
same<ResultOf<typeof tupleWithout>, Arm<0, void>>(true);
declare const many: readonly Chan<number>[];
const list = select(many.map((c) => c.recv()));
same<ResultOf<typeof list>, Arm<number, number> | Closed<number>>(true);
declare const cases: Record<string, RecvOp<number> | undefined>;
const record = select(cases);
same<ResultOf<typeof record>, Arm<string, number> | Closed<string>>(true);

// A receive stays one with a signal, from a source and from a clock; timeout makes an ordinary operation of it.
const withSignal = select({ a: numbers.recv({ signal }), b: numbers.recv({ signal: optional }) });
same<ResultOf<typeof withSignal>, Arm<"a", number> | Closed<"a"> | Arm<"b", number> | Closed<"b">>(true);
const timed = select({ a: timeout(numbers.recv(), 5), b: timeout(numbers.recvOk(), 5) });
same<ResultOf<typeof timed>, Arm<"a", number | undefined> | Arm<"b", Received<number>>>(true);
const clocks = select({ a: after(1).recv(), t: ticker(1).recv(), stop: fromSignal(signal).recv() });
same<
  ResultOf<typeof clocks>,
  Arm<"a", number> | Closed<"a"> | Arm<"t", number> | Closed<"t"> | Arm<"stop", never> | Closed<"stop">
>(true);
same<ResultOf<ReturnType<typeof numbers.recv>>, number | undefined>(true);

export function* narrowing(): Coroutine<void> {
  const r = yield* select({ job: numbers.recv(), put: strings.send("x"), default: true });
  switch (r.key) {
    case "job":
      if (r.ok) {
        const n: number = r.value;
        void n;
      } else {
        const closed: undefined = r.value;
        // @ts-expect-error closed: there is no number
        const n: number = r.value;
        void [closed, n];
      }
      break;
    case "put": {
      const sent: true = r.ok;
      void sent;
      break;
    }
    default: {
      // Nothing but the default is left.
      const left: Default = r;
      void left;
    }
  }
  // @ts-expect-error before the key is known the value may be of any case
  const n: number = r.value;
  // @ts-expect-error there is no such case
  if (r.key === "jobs") return;
  void n;
  for (const never of [] as ResultOf<typeof none>[]) void (never satisfies never);
}

export function mistakes(): void {
  // @ts-expect-error a channel is no operation
  select({ a: numbers });
  // @ts-expect-error a promise is no operation: until(promise)
  select({ a: Promise.resolve(1) });
  // @ts-expect-error a value is no operation
  select({ a: 1 });
  // @ts-expect-error 0 is not nil (write open ? … : null)
  select({ a: (1 as 0 | 1) && numbers.recv() });
  // @ts-expect-error an operation is no default
  select([numbers.recv()], { default: numbers.recv() });
  // @ts-expect-error a function is no operation
  select([numbers.recv]);
  // @ts-expect-error nobody gives cases one by one
  select(numbers.recv(), strings.recv());
  // @ts-expect-error one channel's values are not another's
  numbers.send("x");
  // @ts-expect-error a signal stands in an object
  numbers.recv(signal);
  // @ts-expect-error a generator function is no case
  select({ a: function* () {} });
}
export const nilCases: Case[] = [undefined, null, false, nothing];

// What is made of a receiver keeps its type, and its direction.
declare const receiving: Receiver<string>;
declare const sending: Sender<string>;
same<ReturnType<typeof each<string>>["value"], string>(true);
export const c2: ReadableStream<string> = toReadable(receiving);
range(receiving, (v: string) => (v === "stop" ? false : undefined));
// @ts-expect-error the body is given strings
range(receiving, (v: number) => void v);
// @ts-expect-error a sender gives nothing
each(sending);
// @ts-expect-error a sender gives nothing
toReadable(sending);
close(sending);
close(maybe);
// @ts-expect-error who only receives does not close
close(receiving);

// Bridges.
declare const lines: AsyncIterable<string>;
declare const web: ReadableStream<Uint8Array>;
declare const nodeWeb: NodeWebStream<string>;
declare const node: Readable;
declare const socket: WebSocket;
declare const element: EventTarget;
declare const emitter: EventEmitter;
declare const server: Server;
const kept = { capacity: 1, full: "drop-newest" } as const;
export const b1: Source<string> = fromAsyncIterable(lines);
export const b2: Source<Uint8Array> = fromReadable(web);
export const b3: Source<string> = fromReadable<string>(node);
const bytes = fromReadable(node, { capacity: 2, name: "file" });
same<typeof bytes, Source<Uint8Array>>(true);
const messages = notify(socket, "message", kept);
same<typeof messages, Source<MessageEvent>>(true);
const plain = notify(element, "ping", kept);
same<typeof plain, Source<Event>>(true);
export const b7: Source<CustomEvent<number>> = notify<CustomEvent<number>>(element, "ping", kept);
export const b8: Source<[IncomingMessage, ServerResponse]> = notify<[IncomingMessage, ServerResponse]>(
  server,
  "request",
  kept,
);
const loose = notify(emitter, "n", kept);
same<typeof loose, Source<unknown[]>>(true);
export const b10: Source<[NodeJS.Signals]> = notify<[NodeJS.Signals]>(process, "SIGTERM", kept);
export const b11: Receiver<never> = fromSignal(signal);
export const b12: Source<string> = fromReadable(nodeWeb as ReadableStream<string>);
// @ts-expect-error what happens when it is full is the caller's choice
notify(emitter, "n", { capacity: 1 });
// @ts-expect-error a source is not for sending
b1.send("x");
// @ts-expect-error a source is left, not closed
b1.close();
// @ts-expect-error an array is no async iterable
fromAsyncIterable([1, 2]);
// @ts-expect-error a source of strings gives no numbers
export const b13: Receiver<number> = b1;

Timer.afterFunc(1, (a: string, b: number) => void [a, b], "x", 1);
// @ts-expect-error the function's arguments are checked
Timer.afterFunc(1, (a: string) => void a, 1);
