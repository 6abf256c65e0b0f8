// What the unit tests share: a program in virtual time.
import { type Coroutine, type RunOptions, run } from "@gr/core";
import { type VirtualHost, withVirtualHost } from "@gr/core/internal";

export interface Outcome<T> {
  readonly value: T | undefined;
  readonly error: unknown;
  readonly host: VirtualHost;
}

/** Runs main as a program, lets `ms` of virtual time pass, and says how it ended; error "still running" if it did not. */
export function play<T>(
  main: (host: VirtualHost) => Coroutine<T>,
  ms = 10_000,
  options: RunOptions = {},
): Promise<Outcome<T>> {
  return withVirtualHost(async (host) => {
    let outcome: Outcome<T> = { value: undefined, error: "still running", host };
    // The program's main keeps its name.
    const body = { [main.name]: () => main(host) }[main.name] as () => Coroutine<T>;
    run(body, options).then(
      (value) => (outcome = { value, error: undefined, host }),
      (error) => (outcome = { value: undefined, error, host }),
    );
    await host.settleAll();
    for (let step = 0; step < 20 && outcome.error === "still running"; step++) {
      host.advance(ms / 20);
      await host.settleAll();
    }
    return outcome;
  });
}

/** Goroutine side. A wait that nobody ends, told apart from a deadlock by the host. */
export const never = (): Promise<never> => new Promise(() => {});

/** The message of an error, or what it is. */
export function messageOf(err: unknown): string {
  return err instanceof Error ? err.message : String(err);
}
