// What runs in the page: counts animation frames, alone or beside goroutines, and posts what it saw.
import { chan } from "@gr/chan";
import { go } from "@gr/core";

/** Frames by which a page that does nothing tells its interval. */
const ALONE = 30;

const { frames, pairs } = Object.fromEntries(
  [...new URLSearchParams(location.search)].map(([key, value]) => [key, Number(value)]),
);

function gaps(n) {
  return new Promise((resolve) => {
    const seen = [];
    let last;
    const frame = () => {
      // Not the argument: that is when the frame was due, not when it came.
      const now = performance.now();
      if (last !== undefined) seen.push(now - last);
      last = now;
      if (seen.length < n) requestAnimationFrame(frame);
      else resolve(seen);
    };
    requestAnimationFrame(frame);
  });
}

let trips = 0;
function pingPong() {
  const there = chan();
  const back = chan();
  go(function* () {
    for (;;) yield* back.send(yield* there.recv());
  });
  go(function* () {
    for (;;) {
      yield* there.send(1);
      yield* back.recv();
      trips++;
    }
  });
}

const alone = await gaps(ALONE);
for (let i = 0; i < pairs; i++) pingPong();
const seen = await gaps(frames);
await fetch("/seen", { method: "POST", body: JSON.stringify({ alone, seen, trips, hidden: document.hidden }) });
