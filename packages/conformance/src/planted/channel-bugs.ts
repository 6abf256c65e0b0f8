// Wrong channels. Each function changes the real implementation in place, for one run of the suites.
import { Party, WaitQueue } from "@gr/core/internal";
import {
  aroundReceive,
  aroundSend,
  type ChanInside,
  chanProto,
  done,
  receiveProto,
  recvOkProto,
  sendProto,
} from "./reach.ts";

type Plant = () => void;

/** Somebody who waits but whom nobody misses. */
class Nobody extends Party {
  override pending = true;
  override wake(): void {}
}

const lifoWaiters: Plant = () => {
  WaitQueue.prototype.dequeue = function () {
    for (;;) {
      const w = this.last;
      if (w === null) return null;
      this.remove(w);
      if (w.party.claim()) return w;
    }
  };
};

const closedCheckedAfterRoom: Plant = () =>
  aroundSend((c, _value, send) => {
    if (!c.closed || c.count >= c.cap) return send();
    c.closed = false;
    try {
      return send();
    } finally {
      c.closed = true;
    }
  });

const closeDropsBuffer: Plant = () => {
  const { close } = chanProto;
  chanProto.close = function (this: ChanInside) {
    close.call(this);
    this.count = 0;
  };
};

const closeWakesOne: Plant = () => {
  const { close } = chanProto;
  chanProto.close = function (this: ChanInside) {
    for (const q of [this.recvq, this.sendq]) while (q.last !== null && q.last !== q.first) q.remove(q.last);
    close.call(this);
  };
};

const closeForgetsSenders: Plant = () => {
  const { close } = chanProto;
  chanProto.close = function (this: ChanInside) {
    while (this.sendq.first !== null) this.sendq.remove(this.sendq.first);
    close.call(this);
  };
};

const closeTwiceAllowed: Plant = () => {
  const { close } = chanProto;
  chanProto.close = function (this: ChanInside) {
    if (!this.closed) close.call(this);
  };
};

const lenCountsBlockedSenders: Plant = () => {
  Object.defineProperty(chanProto, "len", {
    get(this: ChanInside) {
      return this.count + this.sendq.size;
    },
  });
};

const lenOfWaitingReceivers: Plant = () => {
  Object.defineProperty(chanProto, "len", {
    get(this: ChanInside) {
      return this.count - this.recvq.size;
    },
  });
};

const bufferIsAStack: Plant = () =>
  aroundReceive((c, receive) => {
    if (c.count > 1) {
      const last = (c.head + c.count - 1) % c.cap;
      [c.buf[c.head], c.buf[last]] = [c.buf[last], c.buf[c.head]];
    }
    return receive();
  });

/** A receive from a full buffer leaves the blocked sender where it is. */
const roomWakesNobody: Plant = () =>
  aroundReceive((c, receive) => {
    const { first } = c.sendq;
    if (c.count === 0) return receive();
    c.sendq.first = null;
    try {
      return receive();
    } finally {
      c.sendq.first = first;
    }
  });

/** A receive takes from a blocked sender although older values are in the buffer. */
const sendersOvertakeBuffer: Plant = () =>
  aroundReceive((c, receive) => {
    if (c.count === 0 || c.sendq.first === null) return receive();
    const { count } = c;
    c.count = 0;
    try {
      return receive();
    } finally {
      c.count = count;
    }
  });

const unbufferedSendDoesNotWait: Plant = () =>
  aroundSend((c, value, send) => {
    if (send()) return true;
    if (c.cap > 0) return false;
    const w = new Nobody();
    w.value = value;
    c.sendq.enqueue(w);
    return true;
  });

const oneValueTooMany: Plant = () =>
  aroundSend((c, value, send) => {
    if (send()) return true;
    if (c.cap === 0 || c.sendq.size > 0) return false;
    const w = new Nobody();
    w.value = value;
    c.sendq.enqueue(w);
    return true;
  });

const closeLooksLikeAValue: Plant = () => {
  const { poll } = recvOkProto;
  recvOkProto.poll = function (this: typeof recvOkProto) {
    const completed = poll.call(this);
    if (completed) done.value = { value: (done.value as { value: unknown }).value, ok: true };
    return completed;
  };
};

const wokenByCloseLooksLikeAValue: Plant = () => {
  recvOkProto.finish = (w) => ({ value: w.value, ok: true });
};

const blockedSenderNotToldOfClose: Plant = () => {
  sendProto.finish = () => undefined;
};

const undefinedIsNoValue: Plant = () =>
  aroundReceive((c, receive) => {
    if (c.count > 0 && c.buf[c.head] === undefined) {
      receive();
      return receive();
    }
    return receive();
  });

const cancelledReceiverStays: Plant = () => {
  receiveProto.dequeue = () => {};
};

const cancelledSenderStaysWithItsValue: Plant = () => {
  sendProto.dequeue = function (this: typeof sendProto, w) {
    this.c.sendq.remove(w);
    const ghost = new Nobody();
    ghost.value = w.value;
    this.c.sendq.enqueue(ghost);
  };
};

/** A waiting receiver is passed over while the buffer has room: the value lies there and nobody is told. */
const bufferBeforeWaiters: Plant = () =>
  aroundSend((c, _value, send) => {
    if (c.count >= c.cap || c.recvq.first === null) return send();
    const { first } = c.recvq;
    c.recvq.first = null;
    try {
      return send();
    } finally {
      c.recvq.first = first;
    }
  });

export const channelBugs: Readonly<Record<string, Plant>> = {
  "waiters are served last in, first out": lifoWaiters,
  "closed is checked only when there is no room": closedCheckedAfterRoom,
  "close drops what is in the buffer": closeDropsBuffer,
  "close wakes one waiter only": closeWakesOne,
  "close forgets blocked senders": closeForgetsSenders,
  "closing twice is allowed": closeTwiceAllowed,
  "len counts blocked senders": lenCountsBlockedSenders,
  "len subtracts waiting receivers": lenOfWaitingReceivers,
  "the buffer is a stack": bufferIsAStack,
  "room in the buffer wakes no sender": roomWakesNobody,
  "blocked senders overtake the buffer": sendersOvertakeBuffer,
  "an unbuffered send does not wait": unbufferedSendDoesNotWait,
  "a buffer takes one value too many": oneValueTooMany,
  "recvOk says ok for the close": closeLooksLikeAValue,
  "a receiver woken by close says ok": wokenByCloseLooksLikeAValue,
  "a sender woken by close does not fail": blockedSenderNotToldOfClose,
  "undefined is taken for no value": undefinedIsNoValue,
  "a receiver that was given up stays queued": cancelledReceiverStays,
  "a sender that was given up leaves its value": cancelledSenderStaysWithItsValue,
  "a value is buffered although a receiver waits": bufferBeforeWaiters,
};
