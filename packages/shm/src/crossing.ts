// Registry of what crosses threads by reference: channels, sync objects, SharedArrayBuffers; and of the classes of errors
// that are more than the language's.
//
// The codec turns such an object into a few words that name it, and back, through what its package registered here.

/** How the objects of one kind are named in words. */
export interface Crossing<T = unknown> {
  /** The same number in all threads, and in no other registration. */
  readonly tag: number;
  /** URL of the module that registers it. Threads that have no bundle of their own import it before they start work. */
  readonly module?: string;
  /** Is it of this kind? Asked for functions and for objects that are neither plain nor arrays. */
  match(value: object): boolean;
  /**
   * The words that name it. May throw a CannotCrossError; may take a reference that decode or drop gives back. With
   * `late` the receiver asks whether it is ready before it decodes.
   */
  encode(value: T, late: boolean): readonly number[];
  /** Can it be decoded here and now? Missing: always. */
  ready?(words: readonly number[]): boolean;
  decode(words: readonly number[]): T;
  /** Called instead of decode when the message is thrown away. */
  drop?(words: readonly number[]): void;
}

const byTag = new Map<number, Crossing>();
const inOrder: Crossing[] = [];

/** Registers a kind, in this isolate. The same tag again replaces it. */
export function registerCrossing<T>(crossing: Crossing<T>): void {
  const { tag } = crossing;
  if (!Number.isInteger(tag) || tag !== (tag | 0)) {
    throw new RangeError(`shm: expected a crossing's tag to be a 32-bit integer, got ${tag}`);
  }
  const before = byTag.get(tag);
  byTag.set(tag, crossing as Crossing);
  if (before === undefined) inOrder.push(crossing as Crossing);
  else inOrder[inOrder.indexOf(before)] = crossing as Crossing;
}

/** The modules that registered what crosses, in this isolate. */
export function crossingModules(): string[] {
  return [...new Set(inOrder.flatMap((crossing) => crossing.module ?? []))];
}

const errorsByCode = new Map<unknown, object>();

/** Errors of these classes, told by their `code`, arrive in this isolate as what they were. */
export function registerErrors(classes: Readonly<Record<`GR_${string}`, { readonly prototype: Error }>>): void {
  for (const [code, { prototype }] of Object.entries(classes)) errorsByCode.set(code, prototype);
}

/** The prototype of the errors of that code, if their class is registered. */
export function errorPrototype(code: unknown): object | undefined {
  return errorsByCode.get(code);
}

/** The kind of a value, or null. */
export function crossingOf(value: object): Crossing | null {
  for (const crossing of inOrder) if (crossing.match(value)) return crossing;
  return null;
}

export function crossingByTag(tag: number): Crossing {
  const crossing = byTag.get(tag);
  if (crossing === undefined)
    throw new TypeError(
      `shm: nothing is registered for objects of kind ${tag} in this thread; import the package they come from (channels: @gr/chan; mutexes and wait groups: @gr/sync) in the module of the portable, or in the worker's own file`,
    );
  return crossing;
}

/** Can the crossing written at `at` be decoded now? */
export function crossingReady(words: Int32Array, at: number): boolean {
  const n = words[at]! >>> 8;
  // Decoding says why one that is not registered never can.
  if (!byTag.has(words[at + 1]!)) return true;
  return crossingByTag(words[at + 1]!).ready?.(Array.from(words.subarray(at + 2, at + 2 + n))) ?? true;
}

/** Gives back what the crossing written at `at` holds. */
export function dropCrossing(words: Int32Array, at: number): void {
  const n = words[at]! >>> 8;
  const crossing = crossingByTag(words[at + 1]!);
  crossing.drop?.(Array.from(words.subarray(at + 2, at + 2 + n)));
}
