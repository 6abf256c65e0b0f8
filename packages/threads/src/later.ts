// A timer that does not keep the process alive.

/** Runs task later, unless the returned function is called first. */
export function later(ms: number, task: () => void): () => void {
  const timer: unknown = setTimeout(task, ms);
  (timer as { unref?(): void }).unref?.();
  return () => clearTimeout(timer as number);
}
