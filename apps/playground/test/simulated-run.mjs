// A run as the job would have recorded it, made by a small simulation: one M walks and reads, two Ms count.

import { Ev, Trace, traceHeader } from "@gr/viz";

const CHAN_RECEIVE = 1;
const CHAN_SEND = 2;
const IO_WAIT = 14;

/** Numbers in [0, 1) from a seed. @param {number} seed */
function random(seed) {
  let s = seed >>> 0;
  return () => {
    s = (Math.imul(s, 1664525) + 1013904223) >>> 0;
    return s / 2 ** 32;
  };
}

/** Collects records of one M. @param {number} m */
function ring(m) {
  const words = [];
  const strings = [""];
  return {
    m,
    now: 0,
    event(kind, how = 0, x = 0, g = 0, b = 0) {
      words.push(Math.round(this.now * 10), (kind | (how << 8) | (x << 16)) >>> 0, g, b);
    },
    string(text) {
      const known = strings.indexOf(text, 1);
      return known > 0 ? known : strings.push(text) - 1;
    },
    stream: () => ({ m, baseNs: 0, lost: 0, strings, records: Uint32Array.from(words) }),
  };
}

/** The trace of `files` files on two Ps. @param {{ files?: number, readers?: number }} [size] */
export function simulatedRun({ files = 700, readers = 12 } = {}) {
  const rand = random(7);
  const main = ring(0);
  const worker = ring(1);
  const spawned = [];
  const io = [];
  const local = [];
  const done = [];
  let nextG = 4 + readers;
  let left = files;
  const create = (by, g, name) => main.event(Ev.GoCreate, 0, main.string(name), by, g);
  const start = (r, g, run) => {
    r.event(Ev.GoStart, 0, 0, g);
    r.now += run;
  };

  main.event(Ev.MStart, 0);
  main.event(Ev.ProcStart);
  create(0, 1, "main");
  main.now = 3;
  start(main, 1, 40);
  create(1, 2, "walk");
  create(1, 3, "reduce");
  for (let i = 0; i < readers; i++) create(1, 4 + i, "read");
  main.event(Ev.GoBlock, CHAN_RECEIVE, 0, 1, 9);
  start(main, 3, 2);
  main.event(Ev.GoBlock, CHAN_RECEIVE, 0, 3, 5);
  start(main, 2, 180);
  main.event(Ev.GoBlock, CHAN_SEND, 0, 2, 4);
  for (let i = 0; i < readers; i++) {
    start(main, 4 + i, 6);
    main.event(Ev.GoBlock, IO_WAIT, 0, 4 + i);
    io.push({ at: main.now + 150 + rand() * 500, g: 4 + i });
  }
  worker.now = 620;
  worker.event(Ev.MStart, 1);
  worker.event(Ev.MSpinBegin);

  const holdsP = { worker: false };
  const workerStep = () => {
    const task = spawned[0];
    if (task === undefined || task.at > worker.now) {
      if (holdsP.worker) {
        worker.event(Ev.ProcStop, 0, 0, 0, 1);
        worker.event(Ev.MPark);
        holdsP.worker = false;
      }
      worker.now = task === undefined ? Math.max(worker.now + 20, main.now + 1) : task.at + 12;
      return;
    }
    if (!holdsP.worker) {
      worker.event(Ev.MSpinEnd, 1);
      worker.event(Ev.ProcStart, 0, 0, 0, 1);
      worker.event(Ev.RunqSteal, 0, 0, 0, Math.ceil(spawned.length / 2));
      holdsP.worker = true;
      worker.now += 2;
    }
    spawned.shift();
    start(worker, task.g, 25 + rand() ** 3 * 420);
    worker.event(Ev.GoEnd, 0, 0, task.g);
    done.push(worker.now);
    worker.now += 0.6;
  };

  const mainStep = () => {
    io.sort((a, b) => a.at - b.at);
    while (io.length > 0 && io[0].at <= main.now) {
      const g = io.shift().g;
      main.event(Ev.GoUnblock, 0, 0, g, 0);
      local.push(g);
    }
    while (done.length > 0 && done[0] <= main.now) {
      done.shift();
      if (!local.includes(3)) {
        main.event(Ev.MailRecv, 0, 0, 3, 1);
        main.event(Ev.GoUnblock, 0, 0, 3, 0);
        local.push(3);
      }
    }
    const g = local.shift();
    if (g === 3) {
      start(main, 3, 3 + rand() * 4);
      main.event(Ev.GoBlock, CHAN_RECEIVE, 0, 3, 5);
    } else if (g !== undefined) {
      start(main, g, 8 + rand() * 16);
      const portable = nextG++;
      main.event(Ev.GoCreate, 0, main.string("countWords"), g, portable);
      spawned.push({ g: portable, at: main.now });
      left--;
      if (left >= readers) {
        main.event(Ev.GoBlock, IO_WAIT, 0, g);
        io.push({ at: main.now + 180 + rand() * rand() * 6200, g });
      } else main.event(Ev.GoEnd, 0, 0, g);
    } else if (spawned.length > 1 || (spawned.length > 0 && io.length === 0)) {
      const task = spawned.shift();
      start(main, task.g, 25 + rand() ** 3 * 420);
      main.event(Ev.GoEnd, 0, 0, task.g);
      done.push(main.now);
    } else {
      main.event(Ev.LoopLeave);
      main.now = Math.max(main.now + 5, Math.min(io[0]?.at ?? worker.now + 5, done[0] ?? worker.now + 5));
      main.event(Ev.LoopEnter);
    }
    main.now += 0.4;
    if (nextG % 16 === 0) main.event(Ev.Metric, 1, 0, 0, spawned.length);
  };

  while (left > 0 || spawned.length > 0 || local.length > 0 || io.length > 0 || done.length > 0) {
    if (main.now <= worker.now) mainStep();
    else workerStep();
  }
  main.event(Ev.GoUnblock, 0, 0, 1, 3);
  start(main, 1, 20);
  main.event(Ev.GoEnd, 0, 0, 1);
  main.event(Ev.ProcStop, 0, 0, 0, 0);
  const header = traceHeader({ host: "node 20.20.2", cores: 2, gomaxprocs: 2, title: "count words" });
  return new Trace(header, [main.stream(), worker.stream()]);
}

/** Figures that fit it. */
export const FIGURES = {
  result: {
    files: 6218,
    words: 4_812_377,
    lines: 1_204_881,
    bytes: 48_120_334,
    skipped: { binary: 214, huge: 3, unreadable: 0 },
  },
  runs: [
    { name: "gr, GOMAXPROCS=2", ms: 1180, peakRssMB: 168, equal: true },
    { name: "gr, GOMAXPROCS=1", ms: 1890, peakRssMB: 121, equal: true },
    { name: "Promise.all, one thread", ms: 2010, peakRssMB: 412, equal: true },
  ],
  spread: {
    procs: 2,
    goroutines: 6251,
    portables: 6218,
    perM: [
      { m: 0, kind: "main", goroutines: 1204, steals: 0, parks: 0, wakes: 61 },
      { m: 1, kind: "worker", goroutines: 5047, steals: 214, parks: 62, wakes: 4 },
    ],
    steals: 214,
    parks: 62,
  },
  machine: { node: "v20.20.2", cores: 2, platform: "linux x64" },
  when: "2026-11-24T05:40:00.000Z",
  root: "node_modules",
};
