// Start record: a goroutine that has not started, as words. Only these move between Ms.
//
// A record is one cell. It is queued by its home M, started by any M, and comes home through that M's inbox when the
// goroutine has ended, carrying the result where the arguments were.
//
//   QUEUED --start--> STARTED --end--> DONE        the home M frees it
//      `---cancel by the home M---> CANCELLED      who takes it from its queue frees it
//
// Its words are in record-words.ts.

import { type Arena, type Codec, MAIL_KIND, ops } from "@gr/shm";
import * as n from "./numbers.ts";
import * as State from "./record-state.ts";
import {
  BLOCKING,
  COUNT,
  HOME,
  HOME_AT,
  ID,
  NAME,
  PARENT,
  PROGRAM,
  RECORD_BYTES,
  RUNNER,
  SHAPE,
  STATE,
  VALUE,
} from "./record-words.ts";

export * from "./record-words.ts";

/** Any thread that has the record. Is it a blocking call? */
export function isBlocking(mem: Int32Array, r: number): boolean {
  return (ops.peek(mem, r + SHAPE) & BLOCKING) !== 0;
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
  ops.poke(mem, r + MAIL_KIND, n.Completed);
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

/** Who took it from its queue and puts it back: should it die, that is no reason to queue the record again. */
export function letGo(mem: Int32Array, r: number): number {
  ops.store(mem, r + RUNNER, 0);
  return r;
}

/** Who took it from its queue. Frees a record that was cancelled before it started. */
export function dropRecord(arena: Arena, codec: Codec, r: number): void {
  if ((ops.peek(arena.memory.i32, r + SHAPE) & COUNT) > 0) codec.dropSlot(r + VALUE);
  arena.free(r);
}
