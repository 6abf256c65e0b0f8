// Logarithmic axes: a ratio of 1/2 is as far from 1 as a ratio of 2.

/** Maps [low, high] onto [from, to], by logarithm. */
export function logScale(low, high, from, to) {
  const a = Math.log(low);
  const span = Math.log(high) - a || 1;
  return (x) => from + ((Math.log(x) - a) / span) * (to - from);
}

/** The marks 1, 2, 5 (or, where those would crowd, powers of ten) of every decade between low and high. */
export function logTicks(low, high, most = 9) {
  const first = Math.floor(Math.log10(low));
  const last = Math.ceil(Math.log10(high));
  for (const steps of [[1, 2, 5], [1, 3], [1]]) {
    const ticks = [];
    for (let d = first; d <= last; d++) for (const step of steps) ticks.push(Number((step * 10 ** d).toPrecision(1)));
    const shown = ticks.filter((tick) => tick >= low * 0.999 && tick <= high * 1.001);
    if (shown.length <= most) return shown;
  }
  const every = Math.ceil((last - first + 1) / most);
  const ticks = [];
  for (let d = first; d <= last; d += every) ticks.push(10 ** d);
  return ticks.filter((tick) => tick >= low * 0.999 && tick <= high * 1.001);
}

/** The range of positive values, widened to whole marks. */
export function logRange(values, around = []) {
  const all = [...values, ...around].filter((x) => x > 0 && Number.isFinite(x));
  return [Math.min(...all) / 1.25, Math.max(...all) * 1.25];
}

/** A tick or a value in few characters: 1,500,000 is 1.5M. */
export function short(x) {
  for (const [unit, letter] of [
    [1e9, "G"],
    [1e6, "M"],
    [1e3, "k"],
  ]) {
    if (x >= unit) return `${trim(x / unit)}${letter}`;
  }
  return trim(x);
}
const trim = (x) => String(Number(x.toPrecision(x >= 100 ? 3 : 2)));

const marks = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
export const escapeHtml = (text) => String(text).replace(/[&<>"]/g, (c) => marks[c]);
