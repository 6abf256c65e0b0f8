// Mail about handles: how it is sent, also when there is no room for it just now, and how it is read.

import type { Handed } from "./handed.ts";
import type { MPeers } from "./m-peers.ts";
import * as n from "./numbers.ts";

// A cell: the kind of mail, what, from whom, a slot, and which goroutine.
const WHAT: number = n.MAIL_BODY;
const FROM: number = n.MAIL_BODY + 1;
const VALUE = 4;
const ID = 8;
const CELL_BYTES = 64;

/** Milliseconds until mail is tried again for which there was no room. */
const RETRY_MS = 10;

/** Takes one: what, from which M, about which goroutine, and the slot of its value, to be taken or dropped. */
export type Receive = (what: number, from: number, id: number, slot: number) => void;

export class HandleMail {
  private readonly h: Handed;
  private readonly peers: MPeers;
  private readonly m: number;
  private readonly told: Receive;
  private unsent: (() => void)[];
  /** The thread stays for what is unsent, and no deadlock is judged. */
  private kept: boolean;
  /** The last value could not be decoded, and is the error that says so. */
  failed: boolean;

  constructor(h: Handed, peers: MPeers, m: number, told: Receive) {
    this.h = h;
    this.peers = peers;
    this.m = m;
    this.told = told;
    this.unsent = [];
    this.kept = false;
    this.failed = false;
    h.onMail(n.Handle, (cell) => this.receive(cell));
  }

  /** Any thread. Does M m live? */
  lives(m: number): boolean {
    const { numberOf, slotOf } = this.h;
    return numberOf(this.peers.mem, slotOf(m)) === m;
  }

  /**
   * Owner thread only. Nothing, if M `to` is gone. What `value` cannot say goes as its text.
   * @throws ArenaFullError, and then nothing was sent
   */
  send(to: number, what: number, id: number, value: unknown): void {
    this.post(to, what, id, (slot) => this.h.encodeError(this.peers.codec, value, slot));
  }

  /** The same with what `fill` puts into the slot. */
  post(to: number, what: number, id: number, fill: (slot: number) => void): void {
    this.sendUnsent();
    const { h, peers } = this;
    // The group may have ended, and another one live.
    if (h.sched.peers !== peers || !this.lives(to)) return;
    const { arena, mem } = peers;
    const cell = arena.allocate(CELL_BYTES);
    try {
      fill(cell + VALUE);
    } catch (err) {
      arena.free(cell);
      throw err;
    }
    h.ops.poke(mem, cell + n.MAIL_KIND, n.Handle);
    h.ops.poke(mem, cell + WHAT, what);
    h.ops.poke(mem, cell + FROM, this.m);
    h.ops.poke(mem, cell + ID, id);
    h.sendMail(to, cell);
  }

  /** Owner thread only. Performs `send` now; or when there is room, and before anything else is sent. */
  surely(send: () => void): void {
    try {
      send();
    } catch {
      if (this.unsent.push(send) === 1) this.sendLater();
      this.keep();
    }
  }
  private keep(): void {
    const on = this.unsent.length > 0;
    if (on !== this.kept) this.peers.held(on ? 1 : -1);
    this.kept = on;
  }
  private sendLater(): void {
    this.h.sched.host.later(RETRY_MS, () => {
      try {
        this.sendUnsent();
      } catch {
        this.sendLater();
      }
    });
  }
  private sendUnsent(): void {
    const list = this.unsent;
    if (list.length === 0) return;
    this.unsent = [];
    for (const [i, send] of list.entries())
      try {
        send();
      } catch (err) {
        this.unsent = [...list.slice(i), ...this.unsent];
        throw err;
      }
    this.keep();
  }

  /** Mail.Handle. Its value may name what has not come to this thread yet. */
  private receive(cell: number): void {
    if (this.ready(cell)) this.take(cell);
    else
      this.peers.home.world.objects.when(() => {
        const all = this.ready(cell);
        if (all) {
          this.take(cell);
          this.h.kick();
        }
        return all;
      });
  }
  private ready(cell: number): boolean {
    return this.h.sched.loads.size === 0 && this.peers.home.codec.slotReady(cell + VALUE);
  }
  private take(cell: number): void {
    const { mem, arena } = this.peers;
    const { ops } = this.h;
    const id = ops.peek(mem, cell + ID) >>> 0;
    this.told(ops.peek(mem, cell + WHAT), ops.peek(mem, cell + FROM), id, cell + VALUE);
    arena.free(cell);
  }

  /** Owner thread only. Takes the value of a slot. */
  valueOf(slot: number): unknown {
    this.failed = false;
    try {
      return this.peers.codec.takeSlot(slot);
    } catch (err) {
      this.failed = true;
      return err;
    }
  }

  /** Owner thread only. The group ends. */
  close(): void {
    this.unsent = [];
    this.keep();
  }
}
