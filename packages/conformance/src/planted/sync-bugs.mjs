// Wrong shared mutexes and wait groups: changes to the text of @gr/sync as it was built; see shared-bugs.mjs.

/** @type {Record<string, readonly (readonly [string, string])[]>} */
export const syncBugs = {
  "a mutex that is free is taken twice": [
    [
      "const seen = ops.compareExchange(mem, x + STATE, 0, m + 1); if (seen === 0)",
      "const seen = ops.compareExchange(mem, x + STATE, 0, m + 1); if (true)",
    ],
  ],
  "a release frees the mutex over the heads of those who wait": [
    [
      "const w = claimFirst(mem, x + QUEUE, m); if (w === 0) { ops.store(mem, x + STATE, 0);",
      "const w = 0; if (w === 0) { ops.store(mem, x + STATE, 0);",
    ],
  ],
  "a mutex that is handed on keeps its holder": [["ops.store(mem, x + STATE, to + 1);", ""]],
  "who is handed a mutex is told that it is broken": [
    ["ops.store(mem, w + W_OK, OK_DONE); return w;", "ops.store(mem, w + W_OK, OK_NO); return w;"],
  ],
  "the step releases nobody": [
    ["const list = came === STEP ? claimAll(mem, this.at, to.m, OK_DONE) : 0;", "const list = 0;"],
  ],
  "the step releases one": [["waiters.wake(w); w = next;", "waiters.wake(w); w = 0;"]],
  "a counter falls below zero": [["if (left < 0) return BELOW_ZERO;", ""]],
  "a group is done whatever its count": [["return count === 0;", "return true;"]],
  "a loser stays queued at a mutex": [["unlink(this.iso.mem, this.at, record.cell);", ""]],
  "promotion forgets the waiters of a mutex": [["end.adopt(w, cells[i + 1]);", ""]],
  "promotion forgets the count": [["return x.count;", "return 0;"]],
  "promotion frees a held mutex": [["return x.locked ? m + 1 : 0;", "return 0;"]],
};
