// @gr/chan: channels, select, timers as channels.

import "./promote.ts";

export { chan } from "./chan.ts";
export type { Chan, ChanOptions, OpOptions, Received, Receiver, Sender } from "./channel.ts";
export type { Cursor } from "./each.ts";
export { each, range } from "./each.ts";
export { CloseOfClosedChannelError, CloseOfNilChannelError, SendOnClosedChannelError } from "./errors.ts";
export type { Case, Cases, Selected } from "./select.ts";
export { select } from "./select.ts";
export { after, Ticker, Timer, ticker } from "./timer.ts";
