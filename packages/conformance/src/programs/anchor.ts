// A body that stays on the M where it started, to answer for it.
import type { Receiver, Sender } from "@gr/chan";
import { type Coroutine, gosched } from "@gr/core";
import { attached } from "@gr/shm";
import { tasks } from "../task.ts";
import { countInto } from "./pairings.ts";
// So that an M which has an anchor knows every program.
import "./lanes.ts";
import "./life.ts";
import "./order.ts";
import "./plumbing.ts";
import "./pour.ts";
import "./power-series.ts";
import "./selects.ts";
import "./sieves.ts";
import "./steps.ts";
import "./stress.ts";
import "./syncing.ts";

/** Turns that an anchor gives to the others of its M before it answers. */
export const ANCHOR_TURNS = 64;

/** Says which M it is on; then answers each ping once the others of its M have had their turns. Ends when pings closes. */
export function* anchor(
  tally: number,
  at: Sender<number>,
  pings: Receiver<number>,
  pongs: Sender<number>,
): Coroutine<void> {
  const { m } = attached()!;
  countInto(tally);
  yield* at.send(m);
  for (;;) {
    const r = yield* pings.recvOk();
    if (!r.ok) return;
    for (let i = 0; i < ANCHOR_TURNS; i++) yield* gosched();
    yield* pongs.send(m);
  }
}

tasks(import.meta.url, { anchor });
