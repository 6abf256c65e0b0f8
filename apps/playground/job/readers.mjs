/** Files that are read at the same time, in every way of doing the job. */
export const READERS = 32;
