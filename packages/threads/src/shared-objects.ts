// How SharedArrayBuffers and shared WebAssembly memories cross: by number. The protocol is object-table.ts's; here are
// the counts, and what the program of this isolate can reach.
//
// What a thread that dies could reach stays counted, so such an object lives until close().

import { type Op, until } from "@gr/core";
import { type Arena, attached, CannotCrossError, hold, ops, registerCrossing } from "@gr/shm";
import type { ObjectTable } from "./object-table.ts";
import { CELL_BYTES, REFS } from "./object-words.ts";

const TAG = 0x5a6b;

const WasmMemory: typeof WebAssembly.Memory | undefined =
  typeof WebAssembly === "undefined" ? undefined : WebAssembly.Memory;

/** Is it an object that is shared as it is? */
export function isShared(value: object): boolean {
  if (value instanceof SharedArrayBuffer) return true;
  return WasmMemory !== undefined && value instanceof WasmMemory && value.buffer instanceof SharedArrayBuffer;
}

interface Held {
  readonly id: number;
  readonly cell: number;
  object: WeakRef<object> | null;
  /** This isolate counts in REFS. */
  counted: boolean;
}

let here: SharedObjects | null = null;

/**
 * Sends a SharedArrayBuffer or a shared WebAssembly.Memory to every thread; done when all have it. Where a thread can
 * take in a message at any moment (Node) that is at once, and nobody needs it; in browsers a buffer must have arrived
 * everywhere before it is sent on a channel. Arguments and results wait for theirs. While there is one thread it does
 * nothing.
 */
export function share(object: SharedArrayBuffer | WebAssembly.Memory): Op<void> {
  return until(() => here?.everywhere(object) ?? Promise.resolve());
}

export class SharedObjects {
  readonly table: ObjectTable;
  private readonly arena: Arena;
  private readonly mem: Int32Array;
  /** What the program of this isolate can reach, or could a moment ago. */
  private readonly held: Map<number, Held>;
  private readonly numbers: WeakMap<object, Held>;
  private readonly dropped: FinalizationRegistry<Held>;

  /** Owner thread only. From now on they cross between this isolate and the others of its group. */
  constructor(arena: Arena, table: ObjectTable) {
    this.arena = arena;
    this.mem = arena.memory.i32;
    this.table = table;
    this.held = new Map();
    this.numbers = new WeakMap();
    this.dropped = new FinalizationRegistry((held) => this.unreachable(held));
    here = this;
    if (typeof SharedArrayBuffer === "undefined") return;
    registerCrossing<object>({
      tag: TAG,
      match: isShared,
      encode: (object, late) => this.encode(object, late),
      ready: ([id]) => this.table.keeper(id as number) !== undefined,
      decode: ([id, cell]) => this.decode(id as number, cell as number),
      drop: ([id, cell]) => this.release(id as number, cell as number),
    });
  }

  /** Owner thread only. Posts the object, unless it was; settles when every thread has it. */
  everywhere(object: object): Promise<void> {
    const { table } = this;
    if (attached()?.arena !== this.arena) return Promise.resolve();
    const { cell } = this.numbers.get(object) ?? this.publish(object);
    if (table.bus.instant || table.everywhere(cell)) return Promise.resolve();
    hold(1);
    return new Promise((resolve) => {
      table.when(() => {
        // Reached from here until then, so that its number stays.
        if (!this.numbers.has(object) || !table.everywhere(cell)) return false;
        hold(-1);
        resolve();
        return true;
      });
    });
  }

  private encode(object: object, late: boolean): readonly number[] {
    const held = this.numbers.get(object) ?? this.publish(object);
    if (!late && !this.table.bus.instant && !this.table.everywhere(held.cell))
      throw new CannotCrossError(object, "a SharedArrayBuffer that has not reached every thread yet (see share)");
    ops.add(this.mem, held.cell + REFS, 1);
    return [held.id, held.cell];
  }

  private publish(object: object): Held {
    const cell = this.arena.allocate(CELL_BYTES);
    ops.poke(this.mem, cell + REFS, 1);
    // In this order: what cannot be posted throws here.
    const keeper = structuredClone(object);
    const held: Held = { id: this.table.publish(object, keeper, cell), cell, object: null, counted: true };
    this.hold(held, object);
    return held;
  }

  private hold(held: Held, object: object): void {
    held.object = new WeakRef(object);
    this.held.set(held.id, held);
    this.numbers.set(object, held);
    this.dropped.register(object, held);
  }

  private decode(id: number, cell: number): object {
    const held = this.held.get(id) ?? { id, cell, object: null, counted: false };
    let object = held.object?.deref();
    if (object === undefined) {
      object = this.table.keeper(id);
      if (object === undefined) throw new Error(`shared object ${id} has not come to this thread`);
      this.table.replace(id, structuredClone(object));
      this.hold(held, object);
    }
    // The message's count becomes this isolate's, or goes.
    if (held.counted) this.release(id, cell);
    else held.counted = true;
    return object;
  }

  private unreachable(held: Held): void {
    // It came again after it had been let go.
    if (held.object?.deref() !== undefined) return;
    held.object = null;
    if (!held.counted) return;
    held.counted = false;
    this.held.delete(held.id);
    // The finaliser may run after the group has ended.
    if (attached()?.arena === this.arena) this.release(held.id, held.cell);
  }

  private release(id: number, cell: number): void {
    if (ops.sub(this.mem, cell + REFS, 1) !== 1) return;
    this.held.delete(id);
    this.table.retire(id, cell);
    this.arena.free(cell);
  }
}
