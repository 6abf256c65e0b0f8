// The baseline: a process that starts and loads nothing.
export const programs = { "million-sleepers": (n) => n };
