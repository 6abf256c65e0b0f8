// Far handles: what the handle of a goroutine is on another M than its own.
//
// A G that never runs and that no program counts: so whoever joins, selects or cancels it needs to know nothing. It ends
// when mail says that the goroutine has.

import type { G, JoinOp as JoinOpType, Waiter } from "@gr/core/internal";
import type { Handed } from "./handed.ts";
import * as n from "./numbers.ts";

/** What far handles ask of the isolate that they are in. */
export interface Reach {
  /** Somebody begins to wait; nobody does any more. */
  joins(f: FarHandle): void;
  leaves(f: FarHandle): void;
  cancel(f: FarHandle, reason: unknown): void;
  rename(f: FarHandle, name: string): void;
}

export interface FarHandle extends G {
  /** The M that its goroutine belongs to. */
  readonly home: number;
  /** Owner thread only. It has ended: how (GoEndWhy), and with what. */
  settle(how: number, value: unknown): void;
}

export type MakeFar = new (id: number, home: number, name: string) => FarHandle;

type Status = G["status"];

/** The class of those of this isolate. */
export function farHandles({ G, JoinOp, sched, sideOf }: Handed, reach: Reach): MakeFar {
  class Far extends G implements FarHandle {
    readonly home: number;

    constructor(id: number, home: number, name: string) {
      super(id, nobody, NO_ARGS, sched.ambient, 0);
      this.home = home;
      this.label = name;
      this.value = undefined;
    }

    // What it is doing just now, only its own M knows.
    override get status(): Status {
      return this.statusCode === n.Gdead ? "dead" : "running";
    }
    override get name(): string {
      return this.label as string;
    }
    override set name(text: string) {
      this.label = String(text);
      if (this.statusCode !== n.Gdead) reach.rename(this, this.label);
    }
    override cancel(reason?: unknown): void {
      if (this.statusCode === n.Gdead || (this.flags & n.Fcancel) !== 0) return;
      reach.cancel(this, reason);
      this.flags |= n.Fcancel;
    }

    override asOp(): JoinOpType {
      return new FarJoin(this);
    }
    override [Symbol.iterator](): ReturnType<G[typeof Symbol.iterator]> {
      return new FarJoin(this)[Symbol.iterator]();
    }
    override then<A = unknown, B = never>(
      onFulfilled?: ((value: unknown) => A | PromiseLike<A>) | null,
      onRejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
    ): Promise<A | B> {
      return new FarJoin(this).then(onFulfilled, onRejected);
    }

    settle(how: number, value: unknown): void {
      this.value = value;
      if (how === n.Panic) this.flags |= n.Ffailed;
      else if (how === n.Goexit) this.flags |= n.Fgoexit;
      else if (how === n.Cancelled) {
        this.flags |= n.Fcancelled;
        sideOf(this).reason = value;
        this.value = undefined;
      }
      this.statusCode = n.Gdead;
      for (let w = this.waiter(); w !== null; w = this.waiter()) {
        this.flags |= n.Fjoined;
        w.party.wake(w);
      }
    }
    private waiter(): Waiter | null {
      return this.joiners === null ? null : this.joiners.dequeue();
    }
  }

  class FarJoin extends JoinOp {
    // Mail ends it, which the judgement over all threads counts. Without an event loop none is delivered.
    override hostWakes(): boolean {
      return sched.host.kind === "none";
    }
    override enqueue(w: Waiter): void {
      const f = this.g as Far;
      if ((f.joiners?.size ?? 0) === 0) reach.joins(f);
      super.enqueue(w);
    }
    override dequeue(w: Waiter): void {
      super.dequeue(w);
      const f = this.g as Far;
      if (f.statusCode !== n.Gdead && f.joiners?.size === 0) reach.leaves(f);
    }
  }
  return Far;
}

const NO_ARGS: readonly unknown[] = [];
const nobody = (): void => {};
