// The misuse errors of channels, with Go's texts (go#36, go#46).

import { GrError } from "@gr/core";

/** A send, or a select's send case, on a closed channel. */
export class SendOnClosedChannelError extends GrError {
  override readonly name = "SendOnClosedChannelError";
  readonly code = "GR_SEND_ON_CLOSED";
  constructor() {
    super("send on closed channel");
  }
}

/** A second close. */
export class CloseOfClosedChannelError extends GrError {
  override readonly name = "CloseOfClosedChannelError";
  readonly code = "GR_CLOSE_OF_CLOSED";
  constructor() {
    super("close of closed channel");
  }
}

/** close(undefined) and the like: there is no channel to close. */
export class CloseOfNilChannelError extends GrError {
  override readonly name = "CloseOfNilChannelError";
  readonly code = "GR_CLOSE_OF_NIL";
  constructor() {
    super("close of nil channel");
  }
}

/** Events came faster than they were received, and notify() was told to throw then. */
export class ChannelFullError extends GrError {
  override readonly name = "ChannelFullError";
  readonly code = "GR_CHANNEL_FULL";
  constructor(name: string, capacity: number) {
    super(`${name}: an event came while ${capacity} waited to be received`);
  }
}
