// A recording in shared memory: what an M leaves so that another can read its trace without its help.
//
// A header, a ring (trace-ring.ts) and texts, each in a cell of the arena, so that a stuck or dead M can still be read.
// A text is a cell too: next, id, address of its message; newest first.
//
// | word of the header | unit    | written by | read by |
// |--------------------|---------|------------|---------|
// | H_RECORDS          | records | the M      | reader  |
// | H_RING             | address | the M      | reader  |
// | H_TEXTS            | address | the M      | reader  |
// | H_BASE             | ms, f64 | the M      | reader  |

import { ops } from "./atomics.ts";
import { TraceReader } from "./trace-ring.ts";

export const H_RECORDS = 0;
export const H_RING = 1;
export const H_TEXTS = 2;
export const H_BASE = 4;

/** What was recorded, as core/internal's SourceStream. */
export interface Recorded {
  readonly m: number;
  readonly baseMs: number;
  readonly records: Uint32Array;
  readonly lost: number;
  readonly strings: readonly string[];
}

/** Any thread. Reads the recording of M m, whose header is at `header`; `text` decodes the message in a cell. */
export function readRecording(
  { i32, f64, text }: { readonly i32: Int32Array; readonly f64: Float64Array; text(cell: number): string },
  m: number,
  header: number,
): Recorded {
  const strings: string[] = [""];
  for (let cell = ops.load(i32, header + H_TEXTS); cell !== 0; cell = ops.peek(i32, cell))
    strings[ops.peek(i32, cell + 1)] = text(ops.peek(i32, cell + 2));
  const reader = new TraceReader(i32, ops.peek(i32, header + H_RING), ops.peek(i32, header + H_RECORDS));
  const { records, lost } = reader.read();
  return {
    m,
    baseMs: f64[(header + H_BASE) >> 1] as number,
    records: new Uint32Array(records.buffer, records.byteOffset, records.length),
    lost,
    strings,
  };
}
