// The stack of another thread, by Node's inspector: it pauses a thread even in Atomics.wait, which then goes on.
//
// A session belongs to the main thread; its workers, nested ones too, are reached through it. It attaches to the one
// that asks as well, which must not pause itself. Without a disconnect the process would not end.

import type { Frame } from "./hog.ts";
import { builtin } from "./thread-node.ts";

/** A thread that does not stop within this time is left alone. */
const GIVE_UP_MS = 2000;

interface Location {
  readonly scriptId: string;
  readonly lineNumber: number;
  readonly columnNumber?: number;
}
interface CallFrame {
  readonly functionName: string;
  readonly url: string;
  readonly location: Location;
}
interface Told {
  readonly method?: string;
  readonly params?: { readonly scriptId?: string; readonly url?: string; readonly callFrames?: readonly CallFrame[] };
}

type InspectorSession = import("node:inspector").Session;

/** Writes a line to the standard error at once: console would wait for the main thread. */
export function printNow(line: string): void {
  builtin()?.getBuiltinModule?.("node:fs")?.writeSync(2, `${line}\n`);
}

/** Pauses a thread (0: main) and lets it go. Its frames; null if `still` is false once it is paused, or it never is. */
export async function stackOf(thread: number, still: () => boolean): Promise<readonly Frame[] | null> {
  const inspector = builtin()?.getBuiltinModule?.("node:inspector");
  if (inspector === undefined) return null;
  const session = new inspector.Session();
  session.connectToMainThread();
  let patience: ReturnType<typeof setTimeout> | undefined;
  let stop = (): void => {};
  try {
    return await new Promise((resolve) => {
      const scripts = new Map<string, string>();
      const told = ({ method, params }: Told, resume: () => void): void => {
        if (method === "Debugger.scriptParsed") scripts.set(params?.scriptId ?? "", params?.url ?? "");
        else if (method === "Debugger.paused") {
          const frames = still() ? (params?.callFrames ?? []).map((frame) => frameOf(frame, scripts)) : null;
          resume();
          resolve(frames);
        }
      };
      patience = setTimeout(() => resolve(null), GIVE_UP_MS);
      stop = thread === 0 ? pauseMain(session, told) : pauseWorker(session, thread, told);
    });
  } finally {
    clearTimeout(patience);
    // It may be about to pause: disconnecting alone would leave it so.
    stop();
    session.disconnect();
  }
}

type OnTold = (event: Told, resume: () => void) => void;

// Both return what takes it all back.

function pauseMain(session: InspectorSession, told: OnTold): () => void {
  for (const method of ["Debugger.scriptParsed", "Debugger.paused"])
    session.on(method, (event: object) => told(event as Told, () => session.post("Debugger.resume")));
  session.post("Debugger.enable");
  session.post("Debugger.pause");
  return () => session.post("Debugger.disable");
}

interface Attached {
  readonly params: { readonly sessionId: string; readonly workerInfo: { readonly title: string } };
}
interface Received {
  readonly params: { readonly sessionId: string; readonly message: string };
}

function pauseWorker(session: InspectorSession, thread: number, told: OnTold): () => void {
  let target = "";
  let id = 0;
  const send = (method: string): void =>
    session.post("NodeWorker.sendMessageToWorker", {
      sessionId: target,
      message: JSON.stringify({ id: ++id, method }),
    });
  session.on("NodeWorker.attachedToWorker", (event: object) => {
    const { sessionId, workerInfo } = (event as Attached).params;
    if (!workerInfo.title.startsWith(`[worker ${thread}]`)) return;
    target = sessionId;
    send("Debugger.enable");
    send("Debugger.pause");
  });
  session.on("NodeWorker.receivedMessageFromWorker", (event: object) => {
    const { sessionId, message } = (event as Received).params;
    if (sessionId === target) told(JSON.parse(message) as Told, () => send("Debugger.resume"));
  });
  session.post("NodeWorker.enable", { waitForDebuggerOnStart: false });
  return () => {
    if (target !== "") send("Debugger.disable");
  };
}

function frameOf({ functionName, url, location }: CallFrame, scripts: ReadonlyMap<string, string>): Frame {
  return {
    name: functionName,
    url: url || (scripts.get(location.scriptId) ?? ""),
    line: location.lineNumber + 1,
    column: (location.columnNumber ?? 0) + 1,
  };
}
