// Wrong selects, wrong cancellation, wrong timers. Each function changes the real implementation in place.
import { Ticker, Timer } from "@gr/chan";
import { type CaseWaiter, caseOf, G, Party, random, type Waiter } from "@gr/core/internal";
import { type ChanOpInside, done, receiveProto, type SelectInside, selectProto, sendProto } from "./reach.ts";

type Plant = () => void;

const isReceive = (op: ChanOpInside): boolean => Object.prototype.isPrototypeOf.call(receiveProto, op);
const isSend = (op: ChanOpInside): boolean => Object.prototype.isPrototypeOf.call(sendProto, op);

const numbers = random();

const losersStayQueued: Plant = () => {
  selectProto.finish = function (this: SelectInside, leaf, own) {
    own.queue = null;
    const won = caseOf(leaf, own);
    const op = this.ops[won.index]!;
    return { key: this.keys[won.index], value: op.finish(leaf, won), ok: isReceive(op) ? leaf.ok : true };
  };
};

const firstReadyCaseWins: Plant = () => {
  numbers.below = () => 0;
  const { poll } = selectProto;
  selectProto.poll = function (this: SelectInside) {
    this.order.sort((a, b) => a - b);
    return poll.call(this);
  };
};

/** Looks from a random start on, so that who stands behind unready cases is favoured. */
const rotatedChoice: Plant = () => {
  let state = 1;
  const next = (n: number): number => {
    state = (state * 1_103_515_245 + 12_345) & 0x7fffffff;
    return Math.floor((state / 0x80000000) * n);
  };
  const { poll } = selectProto;
  selectProto.poll = function (this: SelectInside) {
    const n = this.ops.length;
    const start = next(n);
    for (let i = 0; i < n; i++) this.order[i] = (start + i) % n;
    const { below } = numbers;
    numbers.below = () => 0;
    try {
      return poll.call(this);
    } finally {
      numbers.below = below;
    }
  };
};

const defaultWhileReady: Plant = () => {
  const { poll } = selectProto;
  selectProto.poll = function (this: SelectInside) {
    if (!this.hasDefault || this.ops.length < 2) return poll.call(this);
    // Looks at one case only.
    const k = numbers.below(this.ops.length);
    const op = this.ops[k]!;
    done.value = op.poll()
      ? { key: this.keys[k], value: done.value, ok: isReceive(op) ? done.ok : true }
      : { key: "default", value: undefined, ok: false };
    return true;
  };
};

const defaultIsIgnored: Plant = () => {
  const { poll } = selectProto;
  selectProto.poll = function (this: SelectInside) {
    const completed = poll.call(this);
    return completed && (done.value as { key: unknown }).key !== "default";
  };
};

const twoReadyCasesWin: Plant = () => {
  const { poll } = selectProto;
  selectProto.poll = function (this: SelectInside) {
    if (!poll.call(this)) return false;
    const won = done.value as { key: string | number };
    for (const [i, op] of this.ops.entries()) {
      if (this.keys[i] !== won.key && isReceive(op)) op.poll();
    }
    done.value = won;
    return true;
  };
};

const twoBlockedCasesWin: Plant = () => {
  const { claim } = Party.prototype;
  Party.prototype.claim = function (this: Party) {
    if (claim.call(this)) return true;
    // The second waker believes that it won; what it hands over is lost.
    return this instanceof G && this.op !== null && Object.prototype.isPrototypeOf.call(selectProto, this.op);
  };
  const { wake } = G.prototype;
  G.prototype.wake = function (this: G, w: Waiter) {
    if (this.status === "waiting") wake.call(this, w);
  };
};

const noCasesIsDone: Plant = () => {
  const { poll } = selectProto;
  selectProto.poll = function (this: SelectInside) {
    if (this.ops.length > 0 || this.hasDefault) return poll.call(this);
    done.value = { key: "default", value: undefined, ok: false };
    return true;
  };
};

const meetsItself: Plant = () => {
  const { poll } = selectProto;
  selectProto.poll = function (this: SelectInside) {
    if (poll.call(this)) return true;
    for (const send of this.ops.filter(isSend)) {
      const at = this.ops.findIndex((op) => isReceive(op) && op.c === send.c && op.c.cap === 0);
      if (at < 0) continue;
      done.value = { key: this.keys[at], value: send.value, ok: true };
      return true;
    }
    return false;
  };
};

const closedSendIsNotReady: Plant = () => {
  const { poll } = selectProto;
  selectProto.poll = function (this: SelectInside) {
    const live = this.ops.map((op) => !(isSend(op) && op.c.closed));
    if (live.every(Boolean)) return poll.call(this);
    for (const [i, op] of this.ops.entries()) {
      if (!live[i] || !op.poll()) continue;
      done.value = { key: this.keys[i], value: done.value, ok: isReceive(op) ? done.ok : true };
      return true;
    }
    if (this.hasDefault) done.value = { key: "default", value: undefined, ok: false };
    return this.hasDefault;
  };
};

const okIsAlwaysTrue: Plant = () => {
  const { poll, finish } = selectProto;
  selectProto.poll = function (this: SelectInside) {
    const completed = poll.call(this);
    if (completed) done.value = { ...(done.value as object), ok: true };
    return completed;
  };
  selectProto.finish = function (this: SelectInside, leaf, own) {
    return { ...(finish.call(this, leaf, own) as object), ok: true };
  };
};

const cancelledSelectStaysQueued: Plant = () => {
  selectProto.dequeue = (w: Waiter) => {
    w.queue = null;
  };
};

const lastCaseNotLeft: Plant = () => {
  const { finish } = selectProto;
  selectProto.finish = function (this: SelectInside, leaf, own) {
    const last = own.queue as CaseWaiter;
    const ops = this.ops as ChanOpInside[];
    const op = ops[last.index]!;
    if (caseOf(leaf, own) === last) return finish.call(this, leaf, own);
    const { dequeue } = op;
    op.dequeue = () => {};
    try {
      return finish.call(this, leaf, own);
    } finally {
      op.dequeue = dequeue;
    }
  };
};

const cancelDropsTheValue: Plant = () => {
  const { cancel } = G.prototype;
  G.prototype.cancel = function (this: G, reason?: unknown) {
    if (this.status === "runnable" && this.param instanceof Object) this.param = null;
    cancel.call(this, reason);
  };
};

const staleValueAfterStop: Plant = () => {
  Timer.prototype.stop = () => true;
  Ticker.prototype.stop = () => {};
};

const missedTicksComeInABurst: Plant = () => {
  const inside = Ticker.prototype as unknown as { after(now: number): number };
  inside.after = function (this: { due: number; period: number }) {
    return this.due + this.period;
  };
};

export const selectBugs: Readonly<Record<string, Plant>> = {
  "losers stay queued": losersStayQueued,
  "the last loser stays queued": lastCaseNotLeft,
  "a cancelled select stays queued": cancelledSelectStaysQueued,
  "the first ready case always wins": firstReadyCaseWins,
  "the choice favours who stands behind unready cases": rotatedChoice,
  "default is taken although a case is ready": defaultWhileReady,
  "default is ignored": defaultIsIgnored,
  "two ready cases take effect": twoReadyCasesWin,
  "two wakers win one blocked select": twoBlockedCasesWin,
  "a select without cases returns": noCasesIsDone,
  "a select pairs its own send and receive": meetsItself,
  "the send case of a closed channel is not ready": closedSendIsNotReady,
  "ok is true for the close": okIsAlwaysTrue,
  "cancel drops a value that was handed over": cancelDropsTheValue,
  "stop leaves the old value": staleValueAfterStop,
  "missed ticks come in a burst": missedTicksComeInABurst,
};
