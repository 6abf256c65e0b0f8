// The door for our own bugs.

/** The runtime broke its own rule. Never caught, never thrown for a caller's mistake. (Go: throw) */
export function fatal(rule: string): never {
  throw new Error(`gr: runtime bug: ${rule}`);
}
