export type { ArenaOptions } from "./arena.ts";
export { Arena, ArenaFullError } from "./arena.ts";
export { MAX_OWNERS } from "./arena-layout.ts";
export type { ArenaStats } from "./arena-stats.ts";
export { arenaStats } from "./arena-stats.ts";
export type { AsyncWait, AtomicsDoor, WaitResult } from "./atomics.ts";
export { nativeAtomics, ops, setAtomics } from "./atomics.ts";
export { busy, kindOf, OPEN, ownerOfClaim, TAKEN, take1, taken } from "./claim.ts";
export { Codec, SLOT_WORDS } from "./codec.ts";
export type { Crossing } from "./crossing.ts";
export { crossingModules, registerCrossing, registerErrors } from "./crossing.ts";
export { CannotCrossError, DataCloneError } from "./data-clone-error.ts";
export type { Repair } from "./deaths.ts";
export {
  bury,
  Estate,
  estateOf,
  freshEstate,
  inherits,
  inside,
  isDead,
  isInherited,
  keepOut,
  markDead,
  numberOf,
  onDeath,
  setDeathWords,
  slotOf,
} from "./deaths.ts";
export { DEQUE_SIZE, Deque, dequeWords } from "./deque.ts";
export { breakLock, lock, MUTEX_WORDS, ownerOf, setMutexSpins, tryLock, unlock } from "./futex-mutex.ts";
export { HeldThings } from "./held-things.ts";
export { announceIdle, claimIdle, countIdle, idleWords, retractIdle } from "./idle-words.ts";
export { INBOX_WORDS, isEmpty, nextOf, push, takeAll } from "./inbox.ts";
export type { Attachment, MailHandler } from "./isolate.ts";
export {
  attach,
  attached,
  deliverMail,
  hold,
  MAIL_BODY,
  MAIL_KIND,
  Mail,
  onAttach,
  onMail,
  sendMail,
} from "./isolate.ts";
export type { Memory, MemoryOptions } from "./memory.ts";
export {
  ARENA_BASE,
  attachMemory,
  CHANNELS,
  createMemory,
  DEFAULT_MEMORY_BYTES,
  PAGE_BYTES,
  PAGE_WORDS,
  SCHED_BASE,
  SCHED_WORDS,
} from "./memory.ts";
export { initMpmc, MpmcRing, mpmcWords } from "./mpmc-ring.ts";
export { PARKER_WORDS, Parker, unpark } from "./parker.ts";
export type { RefWords } from "./ref-counts.ts";
export { dropRef, isAlone, leftAlone } from "./ref-counts.ts";
export type { ThingKind } from "./shared-objects.ts";
export { SharedObjects } from "./shared-objects.ts";
export type { Recorded } from "./trace-recording.ts";
export { H_BASE, H_RECORDS, H_RING, H_TEXTS, readRecording } from "./trace-recording.ts";
export type { TraceBatch } from "./trace-ring.ts";
export { TRACE_RECORD_WORDS, TRACE_RECORDS, TraceReader, TraceWriter, traceRingWords } from "./trace-ring.ts";
export { detach, encodeMoving, moveWith, takeMoves } from "./transfer.ts";
export { appendWaiter, claimFirst, removeWaiter } from "./wait-list.ts";
export {
  OK_DONE,
  OK_NO,
  OK_NONE,
  W_CLAIM,
  W_KEY,
  W_M,
  W_NEXT,
  W_OK,
  W_ON,
  W_OWN,
  W_PREV,
  W_SLOT,
  WAITER_WORDS,
} from "./waiter-words.ts";
export type { Breaker, SharedParty, SharedThing, SharedWaiter } from "./waiters.ts";
export { SharedRecord, SharedWaiters, waitersIn } from "./waiters.ts";
