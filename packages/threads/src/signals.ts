// Signals: an AbortSignal in an argument, a result or a message crosses by reference: what aborts it here aborts it there.
//
// A signal is named by its home M and a number, which no other signal has. Whoever receives it gets a signal of its own, and asks home to be
// told (WANTED). Home holds the signal while a message that names it is on its way, so that the question finds it; once
// all have asked, only its own users hold it, and when they have let go, those who asked forget theirs (GONE).
// One that is aborted already is sent with its reason instead of a number.

import { sched } from "@gr/core/internal";
import { type Arena, attached, Codec, isDead, onMail, ops, registerCrossing } from "@gr/shm";
import { type Order, readOrder, sendOrder } from "./control.ts";
import { encodeError } from "./errors.ts";
import { NEXT_SIGNAL } from "./layout.ts";
import * as n from "./numbers.ts";

const TAG = 0x5167;

const WANTED = 1;
/** The message was thrown away. */
const DROPPED = 2;
const ABORTED = 3;
const GONE = 4;

interface Entry {
  readonly id: number;
  /** Ms that want to be told. */
  readonly users: Set<number>;
  /** Messages on their way. */
  pending: number;
  /** While there are any. */
  signal: AbortSignal | null;
}

export class Signals {
  private readonly m: number;
  private readonly arena: Arena;
  private readonly codec: Codec;
  private readonly entries: Map<number, Entry>;
  private readonly known: WeakMap<AbortSignal, Entry>;
  private readonly forgotten: FinalizationRegistry<Entry>;
  /** Those of other Ms, by home and number. */
  private readonly far: Map<string, AbortController>;

  /** Owner thread only. From now on they cross between this isolate, M m, and the others of its group. */
  constructor(arena: Arena, m: number) {
    this.m = m;
    this.arena = arena;
    this.codec = new Codec(arena);
    this.entries = new Map();
    this.known = new WeakMap();
    this.forgotten = new FinalizationRegistry((entry) => this.tell(entry, GONE, undefined));
    this.far = new Map();
    registerCrossing<AbortSignal>({
      tag: TAG,
      match: (value) => typeof AbortSignal !== "undefined" && value instanceof AbortSignal,
      encode: (signal) => this.encode(signal),
      decode: (words) => this.decode(words),
      drop: (words) => this.drop(words),
    });
    onMail(n.Signal, (cell) => this.receive(readOrder(arena, this.codec, cell)));
  }

  // Words: home, number, address of the reason's slot. Either of the last two is 0.

  private encode(signal: AbortSignal): readonly number[] {
    if (!signal.aborted) return [this.m, this.hold(signal).id, 0];
    const cell = this.arena.allocate(64);
    encodeError(this.codec, signal.reason, cell);
    return [this.m, 0, cell];
  }

  private decode(words: readonly number[]): AbortSignal {
    const [home, id, cell] = words as [number, number, number];
    if (id === 0) {
      const reason = this.codec.takeSlot(cell);
      this.arena.free(cell);
      return AbortSignal.abort(reason);
    }
    if (home === this.m) {
      const entry = this.entries.get(id) as Entry;
      const signal = entry.signal as AbortSignal;
      this.release(entry);
      return signal;
    }
    const key = `${home} ${id}`;
    let mine = this.far.get(key);
    if (mine === undefined) {
      mine = new AbortController();
      this.far.set(key, mine);
    }
    this.send(home, { what: WANTED, m: this.m, at: id, value: undefined });
    return mine.signal;
  }

  private drop(words: readonly number[]): void {
    const [home, id, cell] = words as [number, number, number];
    if (id === 0) {
      this.codec.dropSlot(cell);
      this.arena.free(cell);
    } else if (home === this.m) this.release(this.entries.get(id) as Entry);
    else this.send(home, { what: DROPPED, m: this.m, at: id, value: undefined });
  }

  // At home.

  private hold(signal: AbortSignal): Entry {
    let entry = this.known.get(signal);
    if (entry === undefined) {
      const made: Entry = {
        id: ops.add(this.arena.memory.i32, NEXT_SIGNAL, 1) + 1,
        users: new Set(),
        pending: 0,
        signal: null,
      };
      entry = made;
      this.known.set(signal, made);
      this.forgotten.register(signal, made);
      // Takes the signal from the event: the listener must not hold it.
      const aborted = (event: Event): void => this.tell(made, ABORTED, (event.target as AbortSignal).reason);
      signal.addEventListener("abort", aborted, { once: true });
    }
    entry.pending++;
    entry.signal = signal;
    this.entries.set(entry.id, entry);
    return entry;
  }

  private release(entry: Entry): void {
    if (--entry.pending > 0) return;
    entry.signal = null;
    this.entries.delete(entry.id);
  }

  private tell(entry: Entry, what: number, value: unknown): void {
    for (const m of entry.users) this.send(m, { what, m: this.m, at: entry.id, value });
    entry.users.clear();
  }

  private send(to: number, order: Order): void {
    // An abort may come after the group has ended, and while another one lives.
    if (attached()?.arena !== this.arena || isDead(this.arena.memory.i32, to)) return;
    sendOrder(this.codec, to, order, n.Signal);
  }

  /** Mail.Signal. */
  private receive({ what, m, at, value }: Order): void {
    if (what === ABORTED || what === GONE) this.answered(`${m} ${at}`, what, value);
    else {
      const entry = this.entries.get(at);
      if (entry === undefined) return;
      const { signal } = entry;
      if (what === WANTED) {
        entry.users.add(m);
        if (signal?.aborted === true) this.tell(entry, ABORTED, signal.reason);
      }
      this.release(entry);
    }
  }

  private answered(key: string, what: number, reason: unknown): void {
    const mine = this.far.get(key);
    this.far.delete(key);
    // Its listeners are not the scheduler's: they run from the event loop, as those of other signals.
    if (mine !== undefined && what === ABORTED) sched.host.post(() => mine.abort(reason), false);
  }
}
