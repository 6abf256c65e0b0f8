// The baseline: the same loop without anything between its two sides. What is left is the harness.
let kept = 0;
const pass = (value) => {
  kept = value;
  return kept;
};
const loop = (n) => {
  let sum = 0;
  for (let i = 0; i < n; i++) sum += pass(1);
  return sum;
};

export const programs = { "chan-ping": loop, "prod-cons": loop };
