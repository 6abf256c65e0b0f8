// Why a goroutine waits: a closed list, with Go's words where Go has them (go#183).
//
// The number goes into traces: never re-use one, add a new one.

/** Number of a wait reason. 0 is "not waiting". */
export type WaitReason = number;

export const Wait = {
  None: 0,
  ChanReceive: 1,
  ChanSend: 2,
  ChanReceiveNil: 3,
  ChanSendNil: 4,
  Select: 5,
  SelectNoCases: 6,
  Sleep: 7,
  MutexLock: 8,
  RWMutexRLock: 9,
  RWMutexLock: 10,
  WaitGroupWait: 11,
  CondWait: 12,
  Semacquire: 13,
  IOWait: 14, //      a promise or another host callback
  Join: 15, //        another goroutine's end
  Scope: 16, //       the goroutines of a scope
  Blocking: 17, //    a blocking call on an extra M (Go: syscall)
  Timer: 18, //       a timer or ticker
  System: 19, //      a goroutine of the runtime has nothing to do
} as const;

/** waitReasonText, for who may not import it: its words are in few programs, operations in all. */
export type WaitWords = (reason: WaitReason) => string;
