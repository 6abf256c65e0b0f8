// Start record: a goroutine that has not started, as words. Only these move between Ms.
//
// A record is one cell. It is queued by its home M, started by any M, and comes home through that M's inbox when the
// goroutine has ended, carrying the result where the arguments were.
//
//   QUEUED --start--> STARTED --end--> DONE        the home M frees it
//      `---cancel by the home M---> CANCELLED      who takes it from its queue frees it
//
// | word      | unit    | written by                               | read by                     |
// |-----------|---------|------------------------------------------|-----------------------------|
// | LINK      | address | who has it queued, or mails it           | likewise                    |
// | KIND      | Mail    | home                                     | home                        |
// | STATE     | State   | home and starter (CAS), then the starter | home, any time              |
// | HOME      | m       | home                                     | starter                     |
// | VALUE     | slot    | home, then the starter                   | starter, then home          |
// | ID        | id      | home                                     | starter                     |
// | PROGRAM   | key     | home                                     | starter                     |
// | NAME      | address | home                                     | starter                     |
// | HOME_AT   | index   | home                                     | home                        |
// | FAR_AT    | index   | starter, before STARTED                  | home                        |
// | RUNNER    | m + 1   | starter, before STARTED                  | home                        |
// | SHAPE     | count   | home: number of arguments;               | starter                     |
// |           |         | starter: how it ended (GoEndWhy)         | home                        |
// | PARENT    | id      | home                                     | starter                     |

import { type Arena, type Codec, MAIL_KIND, Mail, ops } from "@gr/shm";

export const RECORD_BYTES = 64;
export const KIND: number = MAIL_KIND;
export const STATE = 2;
export const HOME = 3;
export const VALUE = 4;
export const ID = 8;
export const PROGRAM = 9;
export const NAME = 10;
export const HOME_AT = 11;
export const FAR_AT = 12;
export const RUNNER = 13;
export const SHAPE = 14;
export const PARENT = 15;

export const State = { Queued: 0, Started: 1, Done: 2, Cancelled: 3 } as const;

/** In SHAPE: a blocking call, which takes an M for itself. */
export const BLOCKING: number = 1 << 30;

/** In SHAPE: it has an M for itself, which RUNNER names from the start. */
export const THREAD: number = 1 << 29;
const COUNT = THREAD - 1;

/** Any thread that has the record. Is it a blocking call? */
export function isBlocking(mem: Int32Array, r: number): boolean {
  return (ops.peek(mem, r + SHAPE) & BLOCKING) !== 0;
}

/** Home only, while it is queued. Is it for an M of its own? */
export function isThread(mem: Int32Array, r: number): boolean {
  return (ops.peek(mem, r + SHAPE) & THREAD) !== 0;
}

/**
 * Owner thread only. Makes a record with the arguments in it, to be completed by nameRecord.
 * @throws DataCloneError if an argument cannot cross; ArenaFullError
 */
export function makeRecord(
  arena: Arena,
  codec: Codec,
  args: readonly unknown[],
  flags: number,
  home: number,
  name: number,
  program: number,
): number {
  const mem = arena.memory.i32;
  const r = arena.allocate(RECORD_BYTES);
  try {
    if (args.length === 1) codec.encodeSlot(args[0], r + VALUE, "args[0]");
    else if (args.length > 1) codec.encodeSlot(args, r + VALUE, "args");
  } catch (err) {
    arena.free(r);
    throw err;
  }
  ops.poke(mem, r + KIND, Mail.Completed);
  ops.poke(mem, r + STATE, State.Queued);
  ops.poke(mem, r + HOME, home);
  ops.poke(mem, r + PROGRAM, program);
  ops.poke(mem, r + NAME, name);
  ops.poke(mem, r + RUNNER, 0);
  ops.poke(mem, r + SHAPE, args.length | flags);
  return r;
}

/** Owner thread only. Says which goroutine it is, where its proxy is, and whose child. */
export function nameRecord(mem: Int32Array, r: number, id: number, homeAt: number, parent: number): void {
  ops.poke(mem, r + ID, id);
  ops.poke(mem, r + HOME_AT, homeAt);
  ops.poke(mem, r + PARENT, parent);
}

/** Starter only. Can the arguments be taken now? What they name may be on its way still. */
export function argsReady(mem: Int32Array, codec: Codec, r: number): boolean {
  return (ops.peek(mem, r + SHAPE) & COUNT) === 0 || codec.slotReady(r + VALUE);
}

/** Starter only. The arguments, taken out of the record. */
export function takeArgs(mem: Int32Array, codec: Codec, r: number): readonly unknown[] {
  const n = ops.peek(mem, r + SHAPE) & COUNT;
  if (n === 0) return [];
  const value = codec.takeSlot(r + VALUE);
  return n === 1 ? [value] : (value as readonly unknown[]);
}

/** Who took it from its queue. Frees a record that was cancelled before it started. */
export function dropRecord(arena: Arena, codec: Codec, r: number): void {
  if ((ops.peek(arena.memory.i32, r + SHAPE) & COUNT) > 0) codec.dropSlot(r + VALUE);
  arena.free(r);
}
