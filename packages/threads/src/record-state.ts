// State: of a start record (start-record.ts). A module of constants, so that a bundle carries numbers.

export const Queued = 0;
export const Started = 1;
export const Done = 2;
export const Cancelled = 3;
