// What the job writes next to its trace (`figures.json`) and the page shows.

/** One way of doing the job. */
export interface RunFigures {
  /** `gr, GOMAXPROCS=2`, `gr, GOMAXPROCS=1` or `Promise.all, one thread`. */
  readonly name: string;
  readonly ms: number;
  readonly peakRssMB: number;
  /** Its counts equal those of the plain reference. */
  readonly equal: boolean;
}

/** One M's share of the first run. */
export interface ThreadShare {
  readonly m: number;
  /** `main`, `worker` or `helper`. */
  readonly kind: string;
  readonly goroutines: number;
  readonly steals: number;
  readonly parks: number;
  readonly wakes: number;
}

/** The whole file. */
export interface JobFigures {
  readonly result: {
    readonly files: number;
    readonly words: number;
    readonly lines: number;
    readonly bytes: number;
    readonly skipped: { readonly binary: number; readonly huge: number; readonly unreadable: number };
  };
  /** The run that was traced comes first. */
  readonly runs: readonly RunFigures[];
  readonly spread: {
    readonly procs: number;
    readonly goroutines: number;
    /** Those that could start on any M. */
    readonly portables: number;
    readonly perM: readonly ThreadShare[];
    readonly steals: number;
    readonly parks: number;
  };
  readonly machine: { readonly node: string; readonly cores: number; readonly platform: string };
  /** ISO date of the run. */
  readonly when: string;
  /** The directory that was read. */
  readonly root: string;
}
