// The one shared memory of a program: a SharedArrayBuffer of fixed size, and its views.
//
// It is reserved whole and touched as used, so its size costs address space only. Growable buffers were measured to
// cost four to five times as much per access. An address is the index of a 32-bit word in `i32`; addresses of cells are
// even, so that `f64[address >> 1]` is the same place; byte `address << 2` of `u8` too. 0 is no address.
//
// | words                     | area  | owner                                                    |
// |---------------------------|-------|----------------------------------------------------------|
// | SCHED_BASE + SCHED_WORDS  | sched | @gr/threads, which lays out its own words                |
// | ARENA_BASE ...            | arena | arena-layout.ts                                          |
// | then                      | heap  | cells handed out by the arena                            |
//
// | word       | unit    | written by                  | read by                  |
// |------------|---------|-----------------------------|--------------------------|
// | MAGIC      | mark    | createMemory, before sharing | attachMemory            |
// | PAGES      | pages   | createMemory, before sharing | any thread               |
// | DEBUG      | 0 or 1  | createMemory, before sharing | any thread               |
// | CHANNELS   | count   | @gr/chan (add, sub)          | any thread               |

/** A page is 64 KiB. */
export const PAGE_SHIFT = 14;
export const PAGE_WORDS: number = 1 << PAGE_SHIFT;
export const PAGE_BYTES: number = PAGE_WORDS * 4;

/** First word of the area of @gr/threads. Word 0 is unused, so that 0 can mean none. */
export const SCHED_BASE = 0;
export const SCHED_WORDS: number = PAGE_WORDS;

/** First word of the arena's own words. */
export const ARENA_BASE: number = SCHED_BASE + SCHED_WORDS;

export const MAGIC: number = ARENA_BASE;
export const PAGES: number = ARENA_BASE + 1;
export const DEBUG: number = ARENA_BASE + 2;
/** Shared channels that live. */
export const CHANNELS: number = ARENA_BASE + 3;

/** "gr" and the version of the layout: memories of different versions do not mix. */
const MAGIC_VALUE = 0x67720001;

export const DEFAULT_MEMORY_BYTES: number = 256 * 1024 * 1024;
const MIN_BYTES = 4 * PAGE_BYTES;
/** Cell addresses and page numbers stay in 31 bits up to here. */
const MAX_BYTES = 4 * 1024 * 1024 * 1024;

export interface Memory {
  readonly buffer: SharedArrayBuffer;
  readonly i32: Int32Array;
  readonly f64: Float64Array;
  readonly u8: Uint8Array;
}

export interface MemoryOptions {
  /** Catches use after free and double free, at the cost of touching every freed word. */
  readonly debug?: boolean;
}

/**
 * Makes a memory of `bytes`, rounded up to pages.
 *
 * @throws RangeError if the size is out of bounds, or the host cannot reserve it
 */
export function createMemory(bytes: number = DEFAULT_MEMORY_BYTES, options: MemoryOptions = {}): Memory {
  if (!Number.isInteger(bytes) || bytes < MIN_BYTES || bytes > MAX_BYTES) {
    throw new RangeError(`shm: expected memory size to be an integer from ${MIN_BYTES} to ${MAX_BYTES}, got ${bytes}`);
  }
  const pages = Math.ceil(bytes / PAGE_BYTES);
  const memory = viewsOf(new SharedArrayBuffer(pages * PAGE_BYTES));
  memory.i32[PAGES] = pages;
  memory.i32[DEBUG] = options.debug ? 1 : 0;
  memory.i32[MAGIC] = MAGIC_VALUE;
  return memory;
}

/**
 * Views a memory that another thread made.
 *
 * @throws TypeError if the buffer is not such a memory
 */
export function attachMemory(buffer: SharedArrayBuffer): Memory {
  if (buffer.byteLength < MIN_BYTES) throw new TypeError("shm: expected a memory made by createMemory");
  const memory = viewsOf(buffer);
  if (memory.i32[MAGIC] !== MAGIC_VALUE) {
    throw new TypeError("shm: expected a memory made by createMemory of the same version");
  }
  return memory;
}

function viewsOf(buffer: SharedArrayBuffer): Memory {
  return {
    buffer,
    i32: new Int32Array(buffer),
    f64: new Float64Array(buffer),
    u8: new Uint8Array(buffer),
  };
}
