// Shapes: the keys of an object, which come again and again in the same order.
//
// In a message the keys of an object stand together, before its values. So the encoder keeps the words of keys that it
// has written before, found by the keys; and the decoder keeps the keys that it has read before, found by the words.
// Both caches have one place per hash, and compare whole before they believe.

const PLACES = 256;
/** An object with more keys is rather a dictionary. */
export const SHAPE_KEYS = 24;
const SHAPE_WORDS = 128;

interface Shape {
  readonly keys: readonly string[];
  readonly words: Int32Array;
}

const NONE: Shape = { keys: [], words: new Int32Array(0) };

/** The encoder's: words by keys. */
export class KeyWords {
  private readonly places: Shape[] = new Array<Shape>(PLACES).fill(NONE);

  /** The words of these keys, or null. */
  find(keys: readonly string[]): Int32Array | null {
    const n = keys.length;
    const shape = this.places[placeOfKeys(keys)]!;
    if (shape.keys.length !== n) return null;
    for (let i = 0; i < n; i++) if (shape.keys[i] !== keys[i]) return null;
    return shape.words;
  }

  keep(keys: readonly string[], words: Int32Array): void {
    if (words.length <= SHAPE_WORDS) this.places[placeOfKeys(keys)] = { keys, words };
  }
}

function placeOfKeys(keys: readonly string[]): number {
  const first = keys[0]!;
  const last = keys[keys.length - 1]!;
  return (
    (first.charCodeAt(0) + first.length * 5 + last.charCodeAt(last.length - 1) * 29 + keys.length * 101) & (PLACES - 1)
  );
}

/** The decoder's: keys by words. */
export class WordKeys {
  private readonly places: Shape[] = new Array<Shape>(PLACES).fill(NONE);

  /** The keys of the n words at `at`, or null. */
  find(mem: Int32Array, at: number, n: number): readonly string[] | null {
    const shape = this.places[placeOfWords(mem, at, n)]!;
    const { words } = shape;
    if (words.length !== n) return null;
    for (let i = 0; i < n; i++) if (words[i] !== mem[at + i]) return null;
    return shape.keys;
  }

  keep(mem: Int32Array, at: number, n: number, keys: readonly string[]): void {
    if (n > SHAPE_WORDS || keys.length > SHAPE_KEYS) return;
    this.places[placeOfWords(mem, at, n)] = { keys: keys.map(internalized), words: mem.slice(at, at + n) };
  }
}

function placeOfWords(mem: Int32Array, at: number, n: number): number {
  const mixed = Math.imul(mem[at]! ^ (mem[at + 1]! << 1) ^ (mem[at + n - 1]! << 2), 0x9e3779b1) + n;
  return (mixed >>> 24) & (PLACES - 1);
}

/** The engine's own copy of the text, which needs no look-up when it is used as a key. */
function internalized(key: string): string {
  for (const same in { [key]: 0 }) return same;
  return key;
}
