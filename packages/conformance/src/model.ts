// The reference: what channels and select must do, written to be obviously right and nothing else.
//
// Every communication is a list of cases with or without a default (a plain operation is a list of
// one, a try operation has a default). The model is told in which order goroutines began their steps
// and then knows every outcome, except which of several ready cases a select takes: there it accepts
// any. Goroutines that wait stand in one list in the order in which they came; it is searched from the
// front, which is all there is to FIFO.

export interface Case {
  readonly kind: "send" | "recv";
  readonly channel: number;
}

export type Step =
  /** All send cases of a step offer the same value, which no other step offers. */
  | { readonly kind: "comm"; readonly cases: readonly Case[]; readonly value: number; readonly orElse: boolean }
  | { readonly kind: "close"; readonly channel: number }
  | { readonly kind: "yield" }
  | { readonly kind: "cancel"; readonly target: number };

/** "sent 0", "got 5 from 0", "0 is closed", "default", "done", "cancelled", or the text of an error. */
export type Outcome = string;

interface Blocked {
  readonly goroutine: number;
  readonly step: Extract<Step, { kind: "comm" }>;
  readonly finish: (outcome: Outcome) => void;
}

export class Model {
  private readonly buffers: number[][];
  private readonly closed = new Set<number>();
  private blocked: Blocked[] = [];
  private readonly doomed = new Set<number>();
  private readonly capacities: readonly number[];

  constructor(capacities: readonly number[]) {
    this.capacities = capacities;
    this.buffers = capacities.map(() => []);
  }

  /**
   * A goroutine begins a step. `finish` is called with its outcome, now or in a later start().
   * `seen` is the outcome that was observed; it only decides between cases that are ready together.
   */
  start(goroutine: number, step: Step, seen: Outcome | undefined, finish: (outcome: Outcome) => void): void {
    const outcome = this.begin(goroutine, step, seen);
    if (outcome !== undefined) finish(outcome);
    else if (step.kind === "comm") this.blocked.push({ goroutine, step, finish });
  }

  /** Whether somebody has cancelled this goroutine so far. */
  isCancelled(goroutine: number): boolean {
    return this.doomed.has(goroutine);
  }

  /** What the future depends on. */
  snapshot(): string {
    return JSON.stringify([this.buffers, [...this.closed].sort(), this.blocked.map((b) => b.goroutine)]);
  }

  private begin(goroutine: number, step: Step, seen: Outcome | undefined): Outcome | undefined {
    if (step.kind === "close") return this.close(step.channel);
    if (step.kind === "cancel") return this.cancel(step.target);
    if (!isTry(step) && this.doomed.has(goroutine)) return "cancelled";
    if (step.kind === "yield") return "done";
    const ready = step.cases.filter((k) => this.isReady(k));
    const taken = ready.find((k) => this.outcomeOf(k) === seen) ?? ready[0];
    if (taken !== undefined) return this.perform(taken, step.value);
    return step.orElse ? "default" : undefined;
  }

  private waiting(kind: Case["kind"], channel: number): Blocked | undefined {
    return this.blocked.find((b) => b.step.cases.some((k) => k.kind === kind && k.channel === channel));
  }

  private isReady({ kind, channel }: Case): boolean {
    if (this.closed.has(channel)) return true;
    const held = this.buffers[channel]!.length;
    return kind === "send"
      ? held < this.capacities[channel]! || this.waiting("recv", channel) !== undefined
      : held > 0 || this.waiting("send", channel) !== undefined;
  }

  private outcomeOf({ kind, channel }: Case): Outcome {
    if (kind === "send") return this.closed.has(channel) ? "send on closed channel" : `sent ${channel}`;
    const first = this.buffers[channel]![0] ?? this.waiting("send", channel)?.step.value;
    return first === undefined ? `${channel} is closed` : `got ${first} from ${channel}`;
  }

  private perform(taken: Case, value: number): Outcome {
    const { kind, channel } = taken;
    const outcome = this.outcomeOf(taken);
    const partner = this.closed.has(channel) ? undefined : this.waiting(kind === "send" ? "recv" : "send", channel);
    if (partner !== undefined) this.blocked = this.blocked.filter((b) => b !== partner);
    if (kind === "send" && !this.closed.has(channel)) {
      if (partner !== undefined) partner.finish(`got ${value} from ${channel}`);
      else this.buffers[channel]!.push(value);
    }
    if (kind === "recv") {
      this.buffers[channel]!.shift();
      if (partner !== undefined) {
        // A sender waited: behind a full buffer its value moves up, without a buffer it was the value received.
        if (this.capacities[channel]! > 0) this.buffers[channel]!.push(partner.step.value);
        partner.finish(`sent ${channel}`);
      }
    }
    return outcome;
  }

  private close(channel: number): Outcome {
    if (this.closed.has(channel)) return "close of closed channel";
    this.closed.add(channel);
    for (const kind of ["recv", "send"] as const) {
      for (let b = this.waiting(kind, channel); b !== undefined; b = this.waiting(kind, channel)) {
        const woken = b;
        this.blocked = this.blocked.filter((other) => other !== woken);
        woken.finish(kind === "send" ? "send on closed channel" : `${channel} is closed`);
      }
    }
    return "done";
  }

  private cancel(target: number): Outcome {
    this.doomed.add(target);
    const victim = this.blocked.find((b) => b.goroutine === target);
    this.blocked = this.blocked.filter((b) => b !== victim);
    victim?.finish("cancelled");
    return "done";
  }
}

/** A step that is carried out by trySend or tryRecv: not an Op, so cancellation does not touch it. */
export function isTry(step: Step): boolean {
  return step.kind === "comm" && step.orElse && step.cases.length === 1;
}
