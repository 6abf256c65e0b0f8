import { Arena, Codec, createMemory } from "@gr/shm";
import { smallObject } from "./small-object.mjs";

const codec = new Codec(new Arena(createMemory(16 * 2 ** 20), 0));

export const programs = {
  codec(n) {
    const value = smallObject();
    let sum = 0;
    for (let i = 0; i < n; i++) sum += codec.take(codec.encode(value)).tags.length;
    return sum;
  },
};
