// What cannot cross, and where it is.
//
// The encoder keeps no path while it works: it would pay for it in every value. When it meets something that cannot
// cross it stops, and the value is walked again, slowly, to find the way to it.

/** A value cannot cross threads. `path` leads to the part that cannot. Nothing was sent. */
export class DataCloneError extends Error {
  override readonly name = "DataCloneError";
  readonly code = "GR_DATA_CLONE";
  readonly path: string;
  constructor(path: string, what: string) {
    super(`${path}: ${what} cannot cross threads`);
    this.path = path;
  }
}

/** Thrown inside the encoder, and by a crossing's encode: this part cannot cross. */
export class CannotCrossError extends Error {
  override readonly name = "CannotCrossError";
  readonly part: unknown;
  /** "a function" */
  readonly what: string;
  constructor(part: unknown, what: string) {
    super(`${what} cannot cross threads`);
    this.part = part;
    this.what = what;
  }
}

/** The error that says so to the caller, of what was thrown while `value` was encoded; the user's own stays. */
export function cannotCross(thrown: unknown, value: unknown, root: string): unknown {
  try {
    if (thrown instanceof CannotCrossError) return new DataCloneError(pathTo(value, thrown.part, root), thrown.what);
  } catch (err) {
    return cannotCross(err, value, root);
  }
  // A value deeper than the stack. The way to its end would be no help.
  return isTooDeep(thrown) ? new DataCloneError(root, "a value that is nested too deeply") : thrown;
}

/** The engine's error for a stack that is full: a RangeError, in Firefox an InternalError. */
function isTooDeep(thrown: unknown): boolean {
  return thrown instanceof Error && /^(Maximum call stack|too much recursion)/.test(thrown.message);
}

/** The first way from `value`, which is called `root`, to `part`. */
function pathTo(value: unknown, part: unknown, root: string): string {
  return walk(value, part, root, new Set()) ?? root;
}

function walk(value: unknown, part: unknown, path: string, seen: Set<unknown>): string | null {
  if (Object.is(value, part)) return path;
  if (typeof value !== "object" || value === null || seen.has(value)) return null;
  seen.add(value);
  for (const [step, next] of partsOf(value)) {
    const found = walk(next, part, path + step, seen);
    if (found !== null) return found;
  }
  return null;
}

function* partsOf(value: object): Generator<[string, unknown]> {
  if (value instanceof Map) {
    let i = 0;
    for (const [key, item] of value) {
      yield [`.keys()[${i++}]`, key];
      yield [`.get(${typeof key === "string" ? JSON.stringify(key) : String(key)})`, item];
    }
  }
  if (value instanceof Set) {
    let i = 0;
    for (const item of value) yield [`.values()[${i++}]`, item];
  }
  if (value instanceof Error) {
    yield [".cause", value.cause];
    if (value instanceof AggregateError) yield [".errors", value.errors];
  }
  if (ArrayBuffer.isView(value)) {
    yield [".buffer", value.buffer];
    return;
  }
  for (const key of Object.keys(value)) yield [stepOf(value, key), (value as Record<string, unknown>)[key]];
}

function stepOf(value: object, key: string): string {
  if (Array.isArray(value) && /^\d+$/.test(key)) return `[${key}]`;
  return /^[A-Za-z_$][\w$]*$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;
}
