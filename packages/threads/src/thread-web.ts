// Threads over Web Workers: browsers, and what has their interface (Deno, Bun).

import { messageOf } from "./messages.ts";
import type { Platform, StartOptions, Thread, ThreadEvents, WorkerEnd } from "./thread.ts";

interface World {
  readonly Worker?: typeof Worker;
  readonly crossOriginIsolated?: boolean;
  readonly navigator?: { readonly hardwareConcurrency?: number };
  readonly WorkerGlobalScope?: unknown;
  readonly postMessage?: (message: unknown) => void;
  readonly addEventListener?: (type: string, told: (event: MessageEvent) => void) => void;
  readonly close?: () => void;
}
const world = globalThis as unknown as World;

/** The browser's threads; null without workers or shared memory. */
export function webPlatform(): Platform | null {
  if (world.Worker === undefined || typeof SharedArrayBuffer === "undefined") return null;
  if (world.crossOriginIsolated === false) return null;
  return {
    cores: world.navigator?.hardwareConcurrency ?? 1,
    mainBlocks: false,
    watches: true,
    start: startWeb,
    bus: () => null,
    hold() {},
  };
}

function startWeb(name: string, events: ThreadEvents, { make }: StartOptions): Thread {
  const worker =
    make === null
      ? new Worker(new URL("./worker-entry.js", import.meta.url), { type: "module", name })
      : (make() as Worker);
  let told = false;
  const gone = (error: unknown): void => {
    if (told) return;
    told = true;
    worker.terminate();
    events.gone(error);
  };
  worker.addEventListener("message", ({ data }) => {
    const message = messageOf(data);
    if (message?.gr === "failed") gone(message.error);
    else if (message !== null) events.message(message);
  });
  worker.addEventListener("error", (event) => {
    event.preventDefault();
    gone(event.error ?? new Error(event.message || "the worker's script could not be loaded"));
  });
  return {
    post: (message) => worker.postMessage(message),
    async terminate() {
      gone(undefined);
    },
  };
}

/** The line to the page, in a web worker; null elsewhere. */
export function webWorkerEnd(): WorkerEnd | null {
  const { WorkerGlobalScope, postMessage, addEventListener, close } = world;
  if (WorkerGlobalScope === undefined || postMessage === undefined || addEventListener === undefined) return null;
  return {
    mainBlocks: false,
    thread: 0,
    onMessage(told) {
      addEventListener.call(globalThis, "message", ({ data }) => {
        const message = messageOf(data);
        if (message !== null) told(message);
      });
    },
    post: (message) => postMessage.call(globalThis, message),
    onEnd() {},
    loosen: null,
    close() {
      // The page is not told of the end of a worker that ends itself.
      postMessage.call(globalThis, { gr: "failed", error: undefined });
      close?.call(globalThis);
    },
  };
}
