// Peers: how one isolate's scheduler takes part in a group of Ms. Implemented by @gr/threads; null on one thread.
//
// The schedule loop asks four questions: may I run (acquire), is there post (receive), is there a goroutine that may
// start anywhere (nextStart), and is there really nothing (idle). Everything behind them is words of shared memory.

import type { G, Goroutine } from "./g.ts";
import type { PortableInfo } from "./portable.ts";
import type { Program } from "./program.ts";
import type { GoroutineRecord } from "./records.ts";
import type { Told } from "./told.ts";

/** What a drained event loop means for the group. */
export const Drained = {
  /** Another M may still act. */
  Here: 0,
  /** No M ever will, but for a signal. */
  ButSignals: 1,
  /** No M ever will. */
  Wholly: 2,
} as const;

export interface Peers {
  /** This M's number; 0 is main. */
  readonly m: number;
  /**
   * Scheduler side. Start of a pass: takes a P, or asks for one if there is work that only this M can do.
   * False: no P was to be had and the pass ends; this M is called again when it is given one. Sets sched.p.id.
   */
  acquire(): boolean;
  /**
   * Scheduler side. Delivers what other Ms sent: readies goroutines, settles handles. Costs two reads when there is
   * nothing. False: this M's P was taken from it meanwhile; ask idle().
   */
  receive(): boolean;
  /** Scheduler side. A goroutine made from a start record of the P's spawn queue, the global queue or a steal; null if none. */
  nextStart(): G | null;
  /** Scheduler side. True when this pass should look at nextStart() before its own queue (spawnq's turn by age, 61 ticks). */
  startTurn(): boolean;
  /**
   * Scheduler side. Found nothing: gives the P back and announces this M idle. True if work showed up meanwhile
   * (the P is held again and the loop goes on); false: the M sleeps in its host's event loop.
   */
  idle(): boolean;
  /** Scheduler side. End of a slice with work left: another M may be owed the P. False if it was given away. */
  yieldP(): boolean;
  /** Goroutine side or outside. Starts a portable goroutine that may run on any M. Throws if an argument cannot cross. */
  spawn(portable: PortableInfo, args: readonly unknown[]): Goroutine<unknown>;
  /** The same without a handle; see goTold, also for the result. */
  spawnTold(portable: PortableInfo, args: readonly unknown[], told: Told): boolean;
  /** Owner thread only. Makes objects of the goroutines of p that were started without a handle, and puts them on its list. */
  listUnheld(p: Program): void;
  /** Puts the first of ID_BATCH fresh goroutine ids into sched.nextId; gives the one behind them. */
  idBatch(): number;
  /** The number of Ps; with n, sets it and returns the old one (go#156). */
  gomaxprocs(n?: number): number;
  /**
   * Scheduler side. The pass has ended and nothing is runnable: this M will act again when its host calls it, or mail.
   * `able`: bits of the closed programs that have a goroutine here which the host can wake; `closed`: bits of those that
   * run on this M. If no M has anything to do at this instant, and nothing is on its way between them: the able bits of
   * all Ms together; else all bits.
   */
  rests(able: number, closed: number): number;
  /** Host callback: the event loop of this M has drained; `signals`: but for signals. What of the group? See Drained. */
  drained(signals: boolean): number;
  /** Owner thread only, when no M will act any more. Asks the others for their goroutines of p; calls back, in any case, also with what is missing, in words. */
  gather(p: Program, told: (far: readonly GoroutineRecord[], left: readonly string[]) => void): void;
  /**
   * A program of this M ended: its goroutines on other Ms are to be cancelled too. Returns how many Ms have some; they
   * count in p.live until their goroutines have ended or cannot be waited for longer.
   */
  programEnded(p: Program): number;
  /** The key of a program, the same on every M: its home in the upper eight bits, its number there. */
  keyOf(p: Program): number;
  /** Goroutines of the group that this M does not hold itself. */
  liveElsewhere(): number;
}
