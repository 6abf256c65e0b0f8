// The ten programs whose text is the same on one thread, on Node's threads and on Web Workers.
import type { Coroutine } from "@gr/core";
import * as c from "./programs/classics.ts";
import * as p from "./programs/classics-parallel.ts";

export const tenPrograms: readonly (readonly [string, () => Coroutine<unknown>])[] = [
  ["ping-pong", c.pingPongProgram],
  ["a pipeline", c.pipelineProgram],
  ["fan-in", c.fanInProgram],
  ["a pool of workers", c.poolProgram],
  ["the prime sieve", c.sieveProgram],
  ["a ring", c.ringProgram],
  ["a product of matrices", p.matrixProgram],
  ["counting words", p.wordCountProgram],
  ["dining philosophers", p.philosophersProgram],
  ["the game of life", p.lifeProgram],
];
