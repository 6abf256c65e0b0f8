// Numbers as people read them.

const grouped = new Intl.NumberFormat("en-US");

/** `1 steal`, `812 goroutines`, `1,204 switches`. */
export function count(n: number, one: string, many: string = `${one}s`): string {
  return `${grouped.format(n)} ${n === 1 ? one : many}`;
}

/** A number with its thousands grouped. */
export function number(n: number): string {
  return grouped.format(n);
}

/** A share as `91 %`. */
export function percent(share: number): string {
  const p = share * 100;
  return `${p > 0 && p < 9.95 ? p.toFixed(1) : Math.round(p)} %`;
}

/** A length of time in its natural unit: `840 ns`, `5.6 µs`, `1.20 ms`, `3.4 s`. */
export function ns(n: number): string {
  const a = Math.abs(n);
  if (a < 1_000) return `${Math.round(n)} ns`;
  if (a < 1_000_000) return `${short(n / 1_000)} µs`;
  if (a < 1_000_000_000) return `${short(n / 1_000_000)} ms`;
  return `${short(n / 1_000_000_000)} s`;
}

function short(n: number): string {
  const a = Math.abs(n);
  return n.toFixed(a < 10 ? 2 : a < 100 ? 1 : 0);
}

/** A moment, with as many digits as a step of `step` ns needs: `49.913 ms`. */
export function moment(n: number, step: number): string {
  const [unit, name] =
    n < 1_000_000 && step < 100_000 ? [1_000, "µs"] : n < 10_000_000_000 ? [1_000_000, "ms"] : [1e9, "s"];
  const digits = Math.max(0, Math.ceil(-Math.log10(step / unit) - 1e-9));
  return `${(n / unit).toFixed(Math.min(6, digits))} ${name}`;
}
