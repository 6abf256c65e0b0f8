// The words of a start record (start-record.ts). A module of constants, so that a bundle carries numbers.
//
// | word      | unit    | written by                               | read by                     |
// |-----------|---------|------------------------------------------|-----------------------------|
// | LINK      | address | who has it queued, or mails it           | likewise                    |
// | KIND      | Mail    | home                                     | home                        |
// | STATE     | State   | home and starter (CAS), then the starter | home, any time              |
// | HOME      | m       | home                                     | starter                     |
// | VALUE     | slot    | home, then the starter                   | starter, then home          |
// | ID        | id      | home                                     | starter                     |
// | PROGRAM   | key     | home                                     | starter                     |
// | NAME      | address | home                                     | starter                     |
// | HOME_AT   | index   | home                                     | home                        |
// | FAR_AT    | index   | starter, before STARTED                  | home                        |
// | RUNNER    | m + 1   | starter, before STARTED                  | home                        |
// | SHAPE     | count   | home: number of arguments;               | starter                     |
// |           |         | starter: how it ended (GoEndWhy)         | home                        |
// | PARENT    | id      | home                                     | starter                     |

export const RECORD_BYTES = 64;
export const STATE = 2;
export const HOME = 3;
export const VALUE = 4;
export const ID = 8;
export const PROGRAM = 9;
export const NAME = 10;
export const HOME_AT = 11;
export const FAR_AT = 12;
export const RUNNER = 13;
export const SHAPE = 14;
export const PARENT = 15;

/** In SHAPE: a blocking call, which takes an M for itself. */
export const BLOCKING = 0x40000000;

/** In SHAPE: it has an M for itself, which RUNNER names from the start. */
export const THREAD = 0x20000000;
/** In SHAPE: the number of arguments. */
export const COUNT = 0x1fffffff;
