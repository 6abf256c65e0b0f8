import { overThreads, staying } from "../src/over-threads.ts";
import { stressSuite } from "../src/stress-suite.ts";
import type { ThreadsMaker } from "../src/threads-maker.ts";

// GR_STRESS=1 for a minute in all, or GR_STRESS=<seconds>; else a moment.
const stress = Number(process.env.GR_STRESS ?? 0);
const seconds = stress === 1 ? 60 : stress;
const total = { messages: 0 };

const suite = (make: ThreadsMaker): void =>
  stressSuite(make, seconds > 0 ? seconds * 500 : 500, seconds > 0 ? 20_000 : 500, (messages) => {
    total.messages += messages;
    if (seconds > 0) process.stdout.write(`${make.name}: ${messages} messages, ${total.messages} in all\n`);
  });

overThreads({
  stress:
    seconds > 0 ? suite : staying("in a moment there are few shapes, and chance may put most on one thread", suite),
});
