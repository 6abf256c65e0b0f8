// Mail to an M itself: start a thread, end one, or: another M has died.

import { type Arena, attached, type Codec, MAIL_BODY, MAIL_KIND, ops, sendMail } from "@gr/shm";
import { encodeError } from "./errors.ts";
import * as n from "./numbers.ts";

const WHAT = MAIL_BODY;
const ABOUT = MAIL_BODY + 1;
/** A slot. */
const VALUE = 4;
const AT = 8;
const CELL_BYTES = 64;

/** What such mail says. */
export interface Order {
  readonly what: number;
  readonly m: number;
  /** An address, or a key. */
  readonly at: number;
  readonly value: unknown;
}

/** Owner thread only. Sends an order to M `to`, as mail of a kind. */
export function sendOrder(codec: Codec, to: number, { what, m, at, value }: Order, kind: number = n.Control): void {
  const here = attached();
  if (here === null) return;
  const mem = here.memory.i32;
  const cell = here.arena.allocate(CELL_BYTES);
  ops.poke(mem, cell + MAIL_KIND, kind);
  ops.poke(mem, cell + WHAT, what);
  ops.poke(mem, cell + ABOUT, m);
  ops.poke(mem, cell + AT, at);
  try {
    encodeError(codec, value, cell + VALUE);
  } catch (err) {
    here.arena.free(cell);
    throw err;
  }
  sendMail(to, cell);
}

/** Owner thread only. Sends an order to main, which may be this M. */
export function askMain(codec: Codec, what: number, m: number, at: number): void {
  sendOrder(codec, 0, { what, m, at, value: undefined });
}

/** Takes the order out of its cell, and frees that. */
export function readOrder(arena: Arena, codec: Codec, cell: number): Order {
  const mem = arena.memory.i32;
  const order = {
    what: ops.peek(mem, cell + WHAT),
    m: ops.peek(mem, cell + ABOUT),
    at: ops.peek(mem, cell + AT),
    value: codec.takeSlot(cell + VALUE),
  };
  arena.free(cell);
  return order;
}
