import { spawn } from "node:child_process";
import { EventEmitter, once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { ChannelFullError, fromSignal, notify, range } from "@gr/chan";
import { run, until } from "@gr/core";
import { expect, test } from "vitest";

test("an EventTarget's events come as they are, and disposing takes the listener away", async () => {
  const target = new EventTarget();
  const ch = notify(target, "ping", { capacity: 2, full: "drop-newest" });
  const event = new Event("ping");
  target.dispatchEvent(event);
  expect(await ch.recv()).toBe(event);
  ch[Symbol.dispose]();
  target.dispatchEvent(new Event("ping"));
  expect(await ch.recvOk()).toEqual({ value: undefined, ok: false });
});

test("an emitter's events come as their arguments, to waiting receivers in their order", async () => {
  const emitter = new EventEmitter();
  const ch = notify<[string, number]>(emitter, "made", { capacity: 0, full: "throw" });
  const waits = [ch.recv().then(), ch.recv().then()];
  emitter.emit("made", "a", 1);
  emitter.emit("made", "b", 2);
  expect(await Promise.all(waits)).toEqual([
    ["a", 1],
    ["b", 2],
  ]);
  ch[Symbol.dispose]();
  expect([emitter.listenerCount("made"), emitter.listenerCount("error")]).toEqual([0, 0]);
});

test.each([
  ["drop-newest", [0, 1]],
  ["drop-oldest", [3, 4]],
] as const)("when it is full, %s", async (full, left) => {
  const emitter = new EventEmitter();
  using ch = notify<[number]>(emitter, "n", { capacity: 2, full });
  for (let i = 0; i < 5; i++) emitter.emit("n", i);
  expect([ch.tryRecv()?.value, ch.tryRecv()?.value, ch.tryRecv()]).toEqual([[left[0]], [left[1]], undefined]);
});

test("drop-oldest without a buffer drops the event", () => {
  const emitter = new EventEmitter();
  using ch = notify(emitter, "n", { capacity: 0, full: "drop-oldest" });
  emitter.emit("n", 1);
  expect(ch.tryRecv()).toBeUndefined();
});

test("when it is full, throw: receivers get what was kept, then the error, and nobody listens any more", async () => {
  const emitter = new EventEmitter();
  const ch = notify<[number]>(emitter, "n", { capacity: 2, full: "throw", name: "ns" });
  for (let i = 0; i < 5; i++) emitter.emit("n", i);
  expect(emitter.listenerCount("n")).toBe(0);
  expect([await ch.recv(), await ch.recv()]).toEqual([[0], [1]]);
  await expect(ch.recv()).rejects.toThrow(new ChannelFullError("ns", 2));
});

test("an emitter's error event is thrown to the receiver; its end event closes", async () => {
  const emitter = new EventEmitter();
  const error = new Error("broken");
  const failing = notify<[number]>(emitter, "n", { capacity: 1, full: "throw" });
  const ending = notify<[number]>(emitter, "n", { capacity: 1, full: "throw", end: "close" });
  emitter.emit("n", 1);
  emitter.emit("close");
  expect([await ending.recv(), await ending.recv()]).toEqual([[1], undefined]);
  emitter.emit("error", error);
  expect(await failing.recv()).toEqual([1]);
  await expect(failing.recv()).rejects.toBe(error);
  expect(emitter.eventNames()).toEqual([]);
});

test("errors themselves can be listened to", async () => {
  const emitter = new EventEmitter();
  using ch = notify<[Error]>(emitter, "error", { capacity: 1, full: "throw" });
  const error = new Error("broken");
  emitter.emit("error", error);
  expect(await ch.recv()).toEqual([error]);
  expect([ch.tryRecv(), emitter.listenerCount("error")]).toEqual([undefined, 1]);
});

test("a bad argument is told at the door, and nobody listens", () => {
  const emitter = new EventEmitter();
  expect(() => notify({} as EventEmitter, "n", { capacity: 1, full: "throw" })).toThrow(TypeError);
  expect(() => notify(emitter, "n", { capacity: -1, full: "throw" })).toThrow(RangeError);
  expect(() => notify(emitter, "n", { capacity: 1, full: "drop" as "throw" })).toThrow(/drop-newest/);
  expect(emitter.eventNames()).toEqual([]);
});

test("an http server's requests, answered by a goroutine until the server is closed", async () => {
  const server = createServer();
  server.listen(0);
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const served: string[] = [];
  const serving = run(function* () {
    using requests = notify<[IncomingMessage, ServerResponse]>(server, "request", {
      capacity: 16,
      full: "throw",
      end: "close",
    });
    yield* range(requests, ([req, res]) => {
      served.push(req.url ?? "");
      res.end(`hello ${req.url}`);
    });
  });
  const answers = await Promise.all(
    ["/a", "/b", "/c"].map(async (path) => (await fetch(`http://127.0.0.1:${port}${path}`)).text()),
  );
  server.close();
  server.closeAllConnections();
  await serving;
  expect(answers).toEqual(["hello /a", "hello /b", "hello /c"]);
  expect(served.sort()).toEqual(["/a", "/b", "/c"]);
  expect(server.listenerCount("request")).toBe(0);
});

// In a process of its own, on the built packages: a signal sent to this one would end the test run.
test("signals of the process, and of a timeout: who waits for one keeps the process alive and is woken", async () => {
  const child = spawn(process.execPath, [fileURLToPath(new URL("fixtures/signals.mjs", import.meta.url))], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const said: string[] = [];
  const lines = createInterface(child.stdout);
  lines.on("line", (line) => {
    said.push(line);
    if (line === "waiting") child.kill("SIGUSR2");
    if (line.startsWith("got SIGUSR2")) child.kill("SIGTERM");
  });
  const [code] = (await once(child, "close")) as [number];
  expect(said).toEqual([
    "waiting",
    "got SIGUSR2",
    "got SIGTERM",
    "gave up TimeoutError TimeoutError",
    "gave up TimeoutError",
    "closed false",
  ]);
  expect(code).toBe(0);
});

test("fromSignal: closed when the signal fires, at once if it has, and the same for the same signal", async () => {
  const controller = new AbortController();
  const stop = fromSignal(controller.signal);
  expect(fromSignal(controller.signal)).toBe(stop);
  expect(stop.tryRecv()).toBeUndefined();
  const waited = run(function* () {
    return yield* stop.recvOk();
  });
  await run(() => until(Promise.resolve()));
  controller.abort();
  expect(await waited).toEqual({ value: undefined, ok: false });
  expect(fromSignal(AbortSignal.abort()).tryRecv()).toEqual({ value: undefined, ok: false });
  expect(() => fromSignal({} as AbortSignal)).toThrow(TypeError);
});
