// Wrong shared channels (and, from sync-bugs.mjs, mutexes and wait groups): changes to the text of @gr/chan and @gr/shm as they were built, since workers load that.
//
// A change is [what stands there, what shall stand there]. The bundler may have numbered a name (ops2): names in the
// first part match with any number, and in the second part they are written as they were found.

import { syncBugs } from "./sync-bugs.mjs";

/** @type {Record<string, readonly (readonly [string, string])[]>} */
export const sharedBugs = {
  ...syncBugs,
  "the last waiter is served first": [
    ["const w = ops.peek(mem, q); if (w === 0) return 0;", "const w = ops.peek(mem, q + 1); if (w === 0) return 0;"],
  ],
  "a waiter is taken whether its claim is open or not": [
    ["if (!lost && take1(mem, claim, m)) return w;", "take1(mem, claim, m); if (!lost) return w;"],
  ],
  "a select may meet itself": [["if (claim === mine) {", "if (false) {"]],
  "a select that met its partner stays open": [
    ["ops.store(mem, mine, taken(m)); woken.cell = w;", "ops.store(mem, mine, OPEN); woken.cell = w;"],
  ],
  "a select that found no partner stays busy": [["ops.store(mem, mine, OPEN); if (kindOf(was)", "if (kindOf(was)"]],
  "of two selects that meet, neither gives way": [["|| claim < mine ||", "||"]],
  "a blocked sender's value does not move up": [
    [
      "const w = claimFirst(mem, c + SENDQ, m); if (w === 0) { getFirst(mem, c, slot); return; }",
      "const w = 0; if (w === 0) { getFirst(mem, c, slot); return; }",
    ],
  ],
  "a value that moves up goes behind nothing": [["ops.poke(mem, c + HEAD, next); ops.poke(mem, c + TAIL, next);", ""]],
  "a send that queues does not look for receivers again": [
    ["const met = claimPair(mem, c, m, RECVQ, mine, woken);", "const met = BLOCKED;"],
  ],
  "a receive that queues does not look for senders again": [
    ["const met = claimPair(mem, c, m, SENDQ, mine, woken);", "const met = BLOCKED;"],
  ],
  "a receive that queues does not look into the buffer again": [
    ["if (countOf(mem, c) > 0 && closed !== CLOSED_BROKEN) {", "if (false) {"],
  ],
  "a send that queues does not look for room again": [
    ["if (countOf(mem, c) < ops.peek(mem, c + CAP)) { if (!take1", "if (false) { if (!take1"],
  ],
  "a receive that queues does not see the close": [
    ["if (closed !== 0) return take1(mem, mine, m) ? ON_CLOSED : LOST; const met", "const met"],
  ],
  "close wakes receivers only": [["const q of [RECVQ, SENDQ]", "const q of [RECVQ]"]],
  "close wakes senders only": [["const q of [RECVQ, SENDQ]", "const q of [SENDQ]"]],
  "close wakes one": [["iso.waiters.wake(w); w = next;", "iso.waiters.wake(w); w = 0;"]],
  "close tells waiters that they were served": [
    ["ops.store(mem, w + W_OK, OK_NO); list = w;", "ops.store(mem, w + W_OK, OK_DONE); list = w;"],
  ],
  "a second close goes through": [["if (ops.peek(mem, c + CLOSED) !== 0) return false;", ""]],
  "close drops the buffer": [
    [
      "!== CLOSED_YES || countOf(mem, c) !== 0) return 0;",
      "!== CLOSED_YES) return 0; ops.store(mem, c + GOT, ops.load(mem, c + SENT));",
    ],
  ],
  "a value handed over does not arrive": [["copySlot(mem, slot, w + W_SLOT);", ""]],
  "a value taken from a sender does not arrive": [["copySlot(mem, w + W_SLOT, slot);", ""]],
  "a served receiver is told of a close": [
    [
      "copySlot(mem, slot, w + W_SLOT); ops.store(mem, w + W_OK, OK_DONE);",
      "copySlot(mem, slot, w + W_SLOT); ops.store(mem, w + W_OK, OK_NO);",
    ],
  ],
  "versions stand still": [["ops.store(mem, c + VERSION, ops.peek(mem, c + VERSION) + 1 | 0);", ""]],
  "a loser stays queued": [["unlink(iso.mem, this.at, record.cell);", ""]],
  "the queue's end is not moved back": [["if (next === 0) ops.poke(mem, q + 1, prev);", "if (next === 0) ;"]],
  "the one behind keeps pointing at who left": [["else ops.poke(mem, next + W_PREV, prev);", ""]],
  "trySend does not tell the receiver": [["if (woken.cell !== 0) iso.waiters.wake(woken.cell);", ""]],
  "a receive does not tell the sender": [["finally { if (partner !== 0) iso.waiters.wake(partner); }", "finally { }"]],
  "who meets a partner while queueing does not tell it": [
    ["sendMail(m, cell); if (partner !== 0) iso.waiters.wake(partner);", "sendMail(m, cell);"],
  ],
  "each case of a select has a claim of its own": [
    ['if (typeof claim === "boolean" || claim.cells === 0) claim', "claim"],
  ],
  "promotion forgets the waiters": [
    ["for (const { w, cell, receives, moving } of p.moved) end.adopt(w, cell, receives, moving);", ""],
  ],
  "promotion turns the waiters round": [["of p.moved) end.adopt(", "of [...p.moved].reverse()) end.adopt("]],
  "promotion loses the buffer": [["[SENT, p.encoded]", "[SENT, 0]"]],
  "promotion opens a closed channel": [["const state = c.closed ? CLOSED_YES : 0;", "const state = 0;"]],
  "a channel comes back as another object": [
    ["const old = this.objects.get(at)?.deref(); if (old !== void 0) {", "const old = void 0; if (false) {"],
  ],
  "who parks or closes takes no lock": [
    ["lock(mem, c + LOCK, m, canBlock); if (ops.peek(mem, c + CAP) > 0) lock(mem, c + RLOCK, m, canBlock);", ""],
    ["if (ops.peek(mem, c + CAP) > 0) unlock(mem, c + RLOCK, m); unlock(mem, c + LOCK, m);", ""],
  ],
  "senders take no lock": [
    ["lock(mem, c + LOCK, m, canBlock); let came", "let came"],
    ["unlock(mem, c + LOCK, m); return came;", "return came;"],
  ],
  "a sender does not see that somebody waits beside the buffer": [
    ["if (ops.peek(mem, c + RECVQ) !== 0) return MEET;", ""],
  ],
  "a receiver does not see that somebody waits for room": [
    ["ops.peek(mem, c + SHUT) !== 0 || ops.peek(mem, c + SENDQ) !== 0", "ops.peek(mem, c + SHUT) !== 0"],
  ],
  "a receiver does not see the close of a buffer": [
    ["ops.peek(mem, c + SHUT) !== 0 || ops.peek(mem, c + SENDQ) !== 0", "ops.peek(mem, c + SENDQ) !== 0"],
  ],
};

/**
 * Bugs that show only in a window of some nanoseconds: they may survive a run, and a model test of packages/chan, named
 * here, finds each of them every time.
 */
export const races = {
  "a select that found no partner stays busy": "shared-protocol.model",
  "of two selects that meet, neither gives way": "shared-protocol.model",
  "a send that queues does not look for receivers again": "shared-protocol.model",
  "a receive that queues does not look for senders again": "shared-protocol.model",
  "a send that queues does not look for room again": "shared-protocol.model",
  "senders take no lock": "shared-protocol.model",
  "versions stand still": "shared-ready.model",
  "who parks or closes takes no lock": "shared-protocol.model",
};

/** Bugs of what all shared things have in common. */
const inShm = new Set([
  "the last waiter is served first",
  "a waiter is taken whether its claim is open or not",
  "the queue's end is not moved back",
  "the one behind keeps pointing at who left",
  "each case of a select has a claim of its own",
  "a channel comes back as another object",
]);

/** The end of the built file that holds a bug's place: shared channels are loaded when threads start. */
export const fileOf = (bug) => {
  if (isOfSync(bug)) return /\/sync\/dist\/promote-\w+\.js$/;
  return inShm.has(bug) ? /\/shm\/dist\/index\.js$/ : /\/chan\/dist\/promote-\w+\.js$/;
};

/** Is it one of mutexes and wait groups? */
export const isOfSync = (bug) => Object.hasOwn(syncBugs, bug);

const NAME = /[A-Za-z_$][\w$]*/g;
const DONE = "\n// planted\n";

/** The text with the bug in it. Throws if the text has changed so that the bug has no place in it. */
export function planted(text, bug) {
  if (text.endsWith(DONE)) return text;
  let wrong = text;
  for (const [find, put] of sharedBugs[bug]) wrong = change(wrong, find, put, bug);
  return wrong + DONE;
}

function change(text, find, put, bug) {
  const names = [];
  const pattern = find
    .trim()
    .split(/\s+/)
    .map((word) =>
      word
        .split(/([A-Za-z_$][\w$]*)/)
        .map((part, i) => {
          if (i % 2 === 0) return part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
          names.push(part);
          return `(${part.replaceAll("$", "\\$")}\\d*)`;
        })
        .join(""),
    )
    .join("\\s+");
  const found = [...text.matchAll(new RegExp(`(?<![\\w$])${pattern}`, "g"))];
  if (found.length !== 1)
    throw new Error(`planted bug "${bug}": expected one place for it, found ${found.length}: ${find}`);
  const as = new Map(names.map((name, i) => [name, found[0][i + 1]]));
  const at = found[0].index;
  return text.slice(0, at) + put.replace(NAME, (name) => as.get(name) ?? name) + text.slice(at + found[0][0].length);
}
