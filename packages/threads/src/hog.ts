// Hogs: which Ms have not come back to their scheduler for long, and where they are (GRDEBUG=hog=<ms>).
//
// What.  Sysmon's other look. An M stands when it is awake, or has been woken, and its tick has not changed. One that
//        stands for longer than asked for is paused for a moment by the inspector, which tells its stack; the first
//        frame of the program's own is the culprit, named once per place.
// Why not at every retake: pausing makes the engine throw optimised code away. It costs the culprit up to some
//        hundreds of milliseconds, so it is done on request only, and once per stand.

import { numberOf, ops } from "@gr/shm";
import * as w from "./layout.ts";
import * as MState from "./m-state.ts";

export interface Frame {
  readonly name: string;
  readonly url: string;
  /** From 1. */
  readonly line: number;
  readonly column: number;
}

export interface HogWorld {
  /** The stack of M m, innermost first; null if it went on before it could be told. `still` says whether it has not. */
  stackOf(m: number, still: () => boolean): Promise<readonly Frame[] | null>;
  /** Writes a line at once, also while main is blocked. */
  print(line: string): void;
}

/** The value of PARK of an M that was woken and has not looked (parker.ts). */
const WOKEN = 1;

interface Stand {
  tick: number;
  since: number;
  told: boolean;
}

export class Hogs {
  private readonly mem: Int32Array;
  private readonly afterMs: number;
  private readonly world: HogWorld;
  private readonly stands: Map<number, Stand>;
  private readonly named: Set<string>;
  /** One question at a time. */
  private asking: boolean;

  constructor(mem: Int32Array, afterMs: number, world: HogWorld) {
    this.mem = mem;
    this.afterMs = afterMs;
    this.world = world;
    this.stands = new Map();
    this.named = new Set();
    this.asking = false;
  }

  /** One look at all Ms at time `now`. */
  look(now: number): void {
    const ms = ops.load(this.mem, w.NMS);
    for (let m = 0; m < ms; m++) {
      const tick = this.tick(m);
      const stand = this.stands.get(m);
      if (stand === undefined || stand.tick !== tick || !this.isStanding(m)) {
        this.stands.set(m, { tick, since: now, told: false });
      } else if (now - stand.since >= this.afterMs && !stand.told && !this.asking) {
        stand.told = true;
        this.asking = true;
        void this.tell(m, stand).finally(() => {
          this.asking = false;
        });
      }
    }
  }

  private tick(m: number): number {
    return ops.load(this.mem, w.mSlot(m) + w.M_TICK);
  }

  private isStanding(m: number): boolean {
    const slot = w.mSlot(m);
    const state = ops.load(this.mem, slot + w.M_STATE);
    if (state === MState.Awake) return true;
    const asleep = state === MState.Idle || state === MState.Wanting || state === MState.Spare;
    return asleep && ops.load(this.mem, slot + w.M_PARK) === WOKEN;
  }

  private async tell(m: number, stand: Stand): Promise<void> {
    const asked = performance.now();
    const still = (): boolean => this.tick(m) === stand.tick && this.isStanding(m);
    const frames = await this.world.stackOf(m, still);
    if (frames === null) return;
    const at = frames.find(isOwn) ?? frames[0];
    if (at === undefined) return;
    const place = `${at.url}:${at.line}`;
    if (this.named.has(place)) return;
    this.named.add(place);
    const who = m === 0 ? "the main thread (M0)" : `M${numberOf(this.mem, m)}`;
    const ms = Math.round(asked - stand.since);
    this.world.print(
      `threads: ${who} has not come back to its scheduler for ${ms} ms: ${at.name || "anonymous"} at ${place}:${at.column}`,
    );
  }
}

const HERE = new URL(".", import.meta.url).href;

/** Is the frame the program's, not the host's and not ours? */
function isOwn({ url }: Frame): boolean {
  return url !== "" && !url.startsWith("node:") && !url.startsWith(HERE) && !/\/node_modules\/@gr\//.test(url);
}
