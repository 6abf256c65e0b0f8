// Bus: the line over which the isolates of a group post shared objects to each other; everything else goes through words.

/** An object that all isolates have: its number, its cell, and itself. */
export interface Known {
  readonly id: number;
  readonly cell: number;
  readonly object: object;
}

/** Here is an object. */
export interface ObjectPosted extends Known {
  readonly gr: "object";
}
/** Nobody can name the object any more. */
export interface ObjectForgotten {
  readonly gr: "forget";
  readonly id: number;
}
/** To all: post these again, if you have them. */
export interface ObjectsWanted {
  readonly gr: "want";
  readonly ids: readonly number[];
}
/** One more thread has the object. Over lines that are not instant only. */
export interface ObjectArrived {
  readonly gr: "have";
  readonly id: number;
}
export type ObjectMessage = ObjectPosted | ObjectForgotten | ObjectsWanted | ObjectArrived;

export function isObjectMessage(message: { readonly gr: string }): message is ObjectMessage {
  const { gr } = message;
  return gr === "object" || gr === "forget" || gr === "want" || gr === "have";
}

export interface Bus {
  /** What is posted is in every open line's queue when post returns, and drain takes it from there. */
  readonly instant: boolean;
  /** Sends to all other isolates. */
  post(message: ObjectMessage): void;
  /** Takes in what this isolate's queue holds. Does nothing if the line is not instant. */
  drain(): void;
  close(): void;
}

/** Threads that were started here. */
export interface Started {
  /** Those whose line is not open yet. */
  closed(): readonly { post(message: ObjectMessage): void }[];
}

/** The bus of an isolate that starts others: what it posts reaches also those whose line is not open yet. */
export class StarterBus implements Bus {
  readonly instant: boolean;
  private readonly line: Bus;
  private readonly started: Started;

  constructor(line: Bus, started: Started) {
    this.instant = line.instant;
    this.line = line;
    this.started = started;
  }
  post(message: ObjectMessage): void {
    // Order matters: who opens its line after this look gets it twice, which does no harm.
    const closed = this.started.closed();
    this.line.post(message);
    for (const thread of closed) thread.post(message);
  }
  drain(): void {
    this.line.drain();
  }
  close(): void {
    this.line.close();
  }
}

/** Who is at the other ends of a tree of message ports: an isolate's starter, and the threads it started. */
export interface Neighbours {
  /** Sends to all but `except`, a number of `from`. */
  send(message: ObjectMessage, except: number): void;
}

/** No thread has this number: the message is this isolate's own. */
const NOBODY = -1;

/** A bus over the ports between workers and who started them: each isolate passes on what comes. */
export class TreeBus implements Bus {
  readonly instant: boolean = false;
  private readonly told: (message: ObjectMessage) => void;
  private readonly neighbours: Neighbours;

  constructor(told: (message: ObjectMessage) => void, neighbours: Neighbours) {
    this.told = told;
    this.neighbours = neighbours;
  }

  post(message: ObjectMessage): void {
    this.neighbours.send(message, NOBODY);
  }
  /** A message has come from neighbour `from`. */
  received(message: ObjectMessage, from: number): void {
    this.neighbours.send(message, from);
    this.told(message);
  }
  drain(): void {}
  close(): void {}
}
