// @gr/chan: channels, select, timers as channels, bridges to what else sends values.

import "./for-threads.ts";

export { chan } from "./chan.ts";
export type { Chan, ChanOptions, OpOptions, Received, Receiver, Sender } from "./channel.ts";
export { close } from "./close.ts";
export type { Cursor } from "./each.ts";
export { each, range } from "./each.ts";
export {
  ChannelFullError,
  CloseOfClosedChannelError,
  CloseOfNilChannelError,
  SendOnClosedChannelError,
} from "./errors.ts";
export { fromAsyncIterable } from "./from-async-iterable.ts";
export type { NodeReadable } from "./from-readable.ts";
export { fromReadable } from "./from-readable.ts";
export { fromSignal } from "./from-signal.ts";
export type { FuncTimer } from "./func-timer.ts";
export type { Source, SourceOptions } from "./host-chan.ts";
export type { Emitter, EventOf, NotifyOptions, Target, WhenFull } from "./notify.ts";
export { notify } from "./notify.ts";
export type { Case, Cases, Selected } from "./select.ts";
export { select } from "./select.ts";
export { after, Ticker, Timer, ticker } from "./timer.ts";
export type { ToReadableOptions } from "./to-readable.ts";
export { toReadable } from "./to-readable.ts";
