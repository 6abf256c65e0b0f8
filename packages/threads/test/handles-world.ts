// Several Ms in one isolate, as far as handles know of them: each has its handles, its inbox and its part of one arena.
// The goroutines of all of them are run by one scheduler. Mail and messages are read when the test says so.

import type { Goroutine } from "@gr/core";
import { G, sched } from "@gr/core/internal";
import {
  Arena,
  arenaStats,
  Codec,
  type Crossing,
  createMemory,
  type MailHandler,
  markDead,
  ops,
  registerCrossing,
} from "@gr/shm";
import type { FarHandle } from "../src/far-handle.ts";
import { handed } from "../src/handed.ts";
import { Handles } from "../src/handles.ts";
import * as w from "../src/layout.ts";
import type { MPeers } from "../src/m-peers.ts";
import * as MState from "../src/m-state.ts";

const TAG = 0x6a0d;

export class Isle {
  readonly handles: Handles;
  readonly codec: Codec;
  /** Mail to it, and notices of deaths. */
  readonly inbox: (number | (() => void))[];
  /** Its things elsewhere that are waited for. */
  held: number;
  dead: boolean;
  /** The handle at home of the goroutine of a record. */
  record: ((at: number, record: number) => G | null) | null;
  private readonly world: World;
  private readonly slot: number;
  private crossing: Crossing | null;
  private mail: MailHandler | null;

  constructor(world: World, slot: number) {
    this.world = world;
    this.slot = slot;
    this.inbox = [];
    this.held = 0;
    this.dead = false;
    this.record = null;
    this.crossing = null;
    this.mail = null;
    const { mem } = world;
    const arena = new Arena(world.memory, slot);
    this.codec = new Codec(arena, { late: true });
    ops.poke(mem, w.mSlot(slot) + w.M_STATE, MState.Awake);
    const peers = {
      m: slot,
      mem,
      arena,
      codec: this.codec,
      home: {
        codec: this.codec,
        heldAt: (at: number, record: number) => this.record?.(at, record) ?? null,
        world: { objects: { when: () => {} } },
      },
      held: (change: number) => (this.held += change),
    } as unknown as MPeers;
    const own = { peers, loads: new Set() };
    const door = {
      ...handed,
      sched: new Proxy(sched, { get: (of, key) => (key in own ? own[key as keyof typeof own] : Reflect.get(of, key)) }),
      registerCrossing: (crossing: Crossing) => (this.crossing = crossing),
      onMail: (_kind: number, mail: MailHandler) => (this.mail = mail),
      sendMail: (to: number, cell: number) => world.isles[to]?.inbox.push(cell),
    } as unknown as typeof handed;
    this.handles = new Handles(door, peers, slot);
  }

  get lent(): number {
    return this.handles.lent.size;
  }

  /** Performs f as this M. */
  as<R>(f: () => R): R {
    const { world } = this;
    const before = world.at;
    world.at = this.crossing;
    try {
      return f();
    } finally {
      world.at = before;
    }
  }

  /** The address of a message with the value. */
  write(value: unknown): number {
    return this.as(() => this.codec.encode(value));
  }
  read(message: number): Goroutine<unknown> {
    return this.as(() => this.codec.take(message)) as Goroutine<unknown>;
  }
  drop(message: number): void {
    this.as(() => this.codec.drop(message));
  }

  /** Takes the first thing in its inbox. */
  deliver(): void {
    const mail = this.inbox.shift();
    this.as(() => (typeof mail === "function" ? mail() : (this.mail as MailHandler)(mail as number)));
  }

  /** As if the engine had collected what stands for the goroutine here; call the result for its finaliser. */
  lose(g: Goroutine<unknown>): () => void {
    const inner = this.handles as unknown as {
      far: Map<number, unknown>;
      unreachable(token: { id: number; home: number }): void;
    };
    inner.far.delete(g.id);
    return () => inner.unreachable({ id: g.id, home: (g as FarHandle).home ?? -1 });
  }
  collect(g: Goroutine<unknown>): void {
    this.lose(g)();
  }

  /** Its thread ends here; its mail comes before the notice does. */
  die(): void {
    const { world, slot } = this;
    this.dead = true;
    this.inbox.length = 0;
    markDead(world.mem, slot);
    for (const isle of world.isles) if (!isle.dead) isle.inbox.push(() => isle.handles.died(slot));
  }
}

export class World {
  readonly memory: ReturnType<typeof createMemory>;
  readonly mem: Int32Array;
  readonly isles: Isle[];
  /** Of the M that acts. */
  at: Crossing | null;
  private readonly empty: number;

  constructor(n: number) {
    this.memory = createMemory(1 << 19, { debug: true });
    this.mem = this.memory.i32;
    this.isles = [];
    this.at = null;
    registerCrossing<G>({
      tag: TAG,
      match: (value) => value instanceof G,
      encode: (g, late) => (this.at as Crossing).encode(g, late),
      decode: (words) => (this.at as Crossing).decode(words) as G,
      drop: (words) => (this.at as Crossing).drop?.(words),
    });
    for (let m = 0; m < n; m++) this.isles.push(new Isle(this, m));
    this.empty = this.bytes;
  }

  private get bytes(): number {
    return arenaStats(new Arena(this.memory, 200)).cellBytes;
  }
  /** Bytes of cells that nobody has freed. */
  get left(): number {
    return this.bytes - this.empty;
  }

  /** Ms that have mail to read. */
  get waiting(): Isle[] {
    return this.isles.filter((isle) => !isle.dead && isle.inbox.length > 0);
  }
  /** Delivers all mail. */
  settle(): void {
    for (let [isle] = this.waiting; isle !== undefined; [isle] = this.waiting) isle.deliver();
  }
}
