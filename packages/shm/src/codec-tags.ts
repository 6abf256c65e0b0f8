// The numbers of the tagged format. A value begins with one word: the tag in its low 8 bits, data in the high 24.
//
// | tag       | data        | then                                                            |
// |-----------|-------------|-----------------------------------------------------------------|
// | UNDEFINED, NULL, TRUE, FALSE, HOLE | 0 |                                                  |
// | INT24     | the number  |                                                                 |
// | INT32     | 0           | the number                                                      |
// | F64       | 0           | two words of the double                                         |
// | BIGINT64  | 0           | two words                                                       |
// | BIGINT    | 1 if < 0    | a string: the magnitude in hex                                  |
// | LATIN1    | characters  | (true length if data is LONG), bytes, padded to a word          |
// | UTF16     | units       | (true length if data is LONG), units, padded to a word          |
// | REF       | 0           | index of an object met before, in order of meeting              |
// | ARRAY     | length      | (true length if data is LONG), values                          |
// | SPARSE    | 0           | length, then key, value, key, value, ..., END                   |
// | OBJECT    | keys        | (true number if data is LONG), words of the keys, keys, values  |
// | DATE      | 0           | two words of the double                                         |
// | REGEXP    | 0           | two strings                                                     |
// | MAP       | 0           | key, value, ..., END                                            |
// | SET       | 0           | value, ..., END                                                 |
// | ERROR     | flags       | class name, message, stack; cause; errors; key, value, ..., END |
// | BUFFER    | 0           | byte length, maximum or -1, bytes, padded to a word             |
// | VIEW      | kind        | byte offset, length, its buffer                                 |
// | BOXED     | 0           | the primitive                                                   |
// | CROSSING  | words       | the crossing's tag, its words                                   |
//
// The properties of an ERROR come in two lists, each with its END: those that are enumerable, then the others.
// ARRAY_PLUS is ARRAY, then the array's other properties: key, value, ..., END. An empty OBJECT ends after its tag.

export const UNDEFINED = 0;
export const NULL = 1;
export const TRUE = 2;
export const FALSE = 3;
export const HOLE = 4;
export const END = 5;
export const INT24 = 6;
export const INT32 = 7;
export const F64 = 8;
export const BIGINT64 = 9;
export const BIGINT = 10;
export const LATIN1 = 11;
export const UTF16 = 12;
export const REF = 13;
export const ARRAY = 14;
export const ARRAY_PLUS = 15;
export const SPARSE = 16;
export const OBJECT = 17;
export const DATE = 18;
export const REGEXP = 19;
export const MAP = 20;
export const SET = 21;
export const ERROR = 22;
export const BUFFER = 23;
export const VIEW = 24;
export const BOXED = 25;
export const CROSSING = 26;
/** Slots only: the value is in the cell whose address is the payload. */
export const CELL = 27;

/** Data that says: the true number is in the next word. */
export const LONG = 0xffffff;

export const ERROR_HAS_CAUSE = 1;
export const ERROR_HAS_ERRORS = 2;
export const ERROR_IS_DOM = 4;

/** By the data of a VIEW. Order is part of the format. */
export const VIEW_KINDS: readonly string[] = [
  "DataView",
  "Int8Array",
  "Uint8Array",
  "Uint8ClampedArray",
  "Int16Array",
  "Uint16Array",
  "Int32Array",
  "Uint32Array",
  "Float32Array",
  "Float64Array",
  "BigInt64Array",
  "BigUint64Array",
  "Float16Array",
];

/** A message in a cell: its number of words, its flags, the value, the offsets of its crossings. */
export const MESSAGE_WORDS = 0;
/** Bit 0: has REFs. Above: number of crossings. */
export const MESSAGE_FLAGS = 1;
export const MESSAGE_VALUE = 2;
export const HAS_REFS = 1;
