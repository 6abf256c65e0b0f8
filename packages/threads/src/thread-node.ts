// Threads over node:worker_threads.
//
// The module is fetched through process.getBuiltinModule, so that bundles for browsers do not see it.

import type { Worker as NodeWorker } from "node:worker_threads";
import type { Bus, ObjectMessage } from "./bus.ts";
import { messageOf } from "./messages.ts";
import type { Platform, StartOptions, Thread, ThreadEvents, WorkerEnd } from "./thread.ts";

interface Builtin {
  getBuiltinModule?(name: "node:worker_threads"): typeof import("node:worker_threads");
  getBuiltinModule?(name: "node:os"): typeof import("node:os");
  getBuiltinModule?(name: "node:fs"): typeof import("node:fs") | undefined;
  getBuiltinModule?(name: "node:inspector"): typeof import("node:inspector") | undefined;
}

/** Node's modules, hidden from bundlers for browsers; undefined in other hosts. */
export function builtin(): Builtin | undefined {
  const { process } = globalThis as { process?: Builtin };
  return typeof process?.getBuiltinModule === "function" ? process : undefined;
}

const HOLD_MS = 2 ** 31 - 1;

/** Node's threads; null in other hosts. */
export function nodePlatform(): Platform | null {
  const node = builtin();
  const threads = node?.getBuiltinModule?.("node:worker_threads");
  if (node === undefined || threads === undefined) return null;
  let keeper: NodeJS.Timeout | null = null;
  return {
    cores: node.getBuiltinModule?.("node:os").availableParallelism() ?? 1,
    mainBlocks: true,
    watches: true,
    start: (name, events, options) => startNode(threads, name, events, options),
    bus: (name, told) => openBus(threads, name, told),
    hold(on): void {
      keeper ??= setInterval(() => {}, HOLD_MS);
      if (on) keeper.ref();
      else keeper.unref();
    },
  };
}

function openBus(
  threads: typeof import("node:worker_threads"),
  name: string,
  told: (message: ObjectMessage) => void,
): Bus | null {
  const { BroadcastChannel, receiveMessageOnPort } = threads;
  if (BroadcastChannel === undefined || receiveMessageOnPort === undefined) return null;
  const line = new BroadcastChannel(name);
  line.onmessage = (event) => told((event as { data: ObjectMessage }).data);
  line.unref();
  return {
    instant: true,
    post: (message) => line.postMessage(message),
    drain() {
      for (let got = take(line); got !== undefined; got = take(line)) told(got.message);
    },
    close: () => line.close(),
  };

  function take(from: unknown): { message: ObjectMessage } | undefined {
    return receiveMessageOnPort(from as import("node:worker_threads").MessagePort) as never;
  }
}

function startNode(
  threads: typeof import("node:worker_threads"),
  name: string,
  events: ThreadEvents,
  options: StartOptions,
): Thread {
  const { make, resourceLimits } = options;
  const worker =
    make === null
      ? new threads.Worker(new URL("./worker-entry.js", import.meta.url), {
          name,
          ...(resourceLimits === undefined ? {} : { resourceLimits }),
        })
      : (make() as NodeWorker);
  let error: unknown;
  worker.on("message", (data) => {
    const message = messageOf(data);
    if (message !== null) events.message(message);
  });
  worker.on("error", (err) => {
    error = err;
  });
  worker.on("exit", (code) => {
    if (error === undefined && code !== 0) error = new Error(`exit code ${code}`);
    events.gone(error);
  });
  // After the listeners: adding one for messages refers to the port again.
  worker.unref();
  return {
    post: (message) => worker.postMessage(message),
    async terminate() {
      await worker.terminate();
    },
  };
}

// What main is told too, but here, and now. terminate() and a heap that is full end a thread without it.
function tellEnd(told: (error: unknown) => void): void {
  let thrown: unknown;
  process.on("uncaughtExceptionMonitor", (err) => {
    thrown = err;
  });
  const ends = (code: number): void => {
    told(code === 0 ? undefined : (thrown ?? new Error(`exit code ${code}`)));
  };
  process.on("exit", ends);
  // The program's own listeners may use channels, so they come first.
  process.on("newListener", (name, listener) => {
    if (name !== "exit" || listener === ends) return;
    queueMicrotask(() => {
      process.off("exit", ends);
      process.on("exit", ends);
    });
  });
}

/** The line to main, in a worker of Node; null elsewhere. */
export function nodeWorkerEnd(): WorkerEnd | null {
  const threads = builtin()?.getBuiltinModule?.("node:worker_threads");
  const port = threads?.parentPort;
  if (threads === undefined || port === undefined || port === null) return null;
  return {
    mainBlocks: true,
    thread: threads.threadId,
    onMessage(told) {
      port.on("message", (data) => {
        const message = messageOf(data);
        if (message !== null) told(message);
      });
    },
    post: (message) => port.postMessage(message),
    onEnd: tellEnd,
    loosen(on) {
      if (on) port.unref();
      else port.ref();
    },
    close: () => port.close(),
  };
}
