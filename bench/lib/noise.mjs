// How quiet the machine is. The load average lags by a minute, so what decides is what others' processes used of the
// cores while a side ran: all busy time, less the side's own and the harness's.
import { cpus, loadavg } from "node:os";

/** More than this many cores busy with something else, and a run is marked; it is not recorded. */
export const NOISY_CORES = 0.2;

/** Milliseconds that all cores together have been busy since the machine started. */
export function busyMs() {
  let sum = 0;
  for (const { times } of cpus()) sum += times.user + times.nice + times.sys + times.irq;
  return sum;
}

/** Cores kept busy by others, looked at for `ms`. */
export async function foreignCores(ms = 1000) {
  const before = busyMs();
  const started = performance.now();
  await new Promise((resolve) => setTimeout(resolve, ms));
  return Math.max(0, (busyMs() - before) / (performance.now() - started));
}

export function load() {
  return loadavg().map((x) => Math.round(x * 100) / 100);
}
