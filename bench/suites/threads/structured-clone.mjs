import { smallObject } from "./small-object.mjs";

export const programs = {
  codec(n) {
    const value = smallObject();
    let sum = 0;
    for (let i = 0; i < n; i++) sum += structuredClone(value).tags.length;
    return sum;
  },
};
