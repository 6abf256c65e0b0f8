// Power series as goroutines: exact rationals, computed only on demand.
//
// A series is a pair of unbuffered channels. Whoever wants the next coefficient sends on `ask` and
// receives on `give`; nothing is computed before that. An operation on series is a goroutine that
// asks its operands when it is asked itself. Boxed series carry each coefficient inside an object of
// their own, which is another test of what a hand-off does with identity and ownership.
import { type Chan, chan, type Receiver, type Sender, select } from "@gr/chan";
import type { Coroutine } from "@gr/core";
import { spawn, tasks } from "../task.ts";
import { add, div, fromInt, mul, type Rational } from "./rational.ts";

type Coefficient = Rational | { readonly boxed: Rational };

export interface Series {
  readonly ask: Chan<null>;
  readonly give: Chan<Coefficient>;
  readonly boxed: boolean;
}

function newSeries(boxed: boolean): Series {
  return { ask: chan<null>(), give: chan<Coefficient>(), boxed };
}

function unwrap(c: Coefficient): Rational {
  return "boxed" in c ? c.boxed : c;
}

function* reply(s: Series, r: Rational): Coroutine<void> {
  yield* s.give.send(s.boxed ? { boxed: r } : r);
}

function* put(s: Series, r: Rational): Coroutine<void> {
  yield* s.ask.recv();
  yield* reply(s, r);
}

/** Goroutine side. The next coefficient. */
export function* get(s: Series): Coroutine<Rational> {
  yield* s.ask.send(null);
  return unwrap((yield* s.give.recv())!);
}

/** One coefficient of each of two series, asked for in whatever order they get to it. */
function* getBoth(f: Series, g: Series): Coroutine<[Rational, Rational]> {
  let askF = true;
  let askG = true;
  let a: Rational | undefined;
  let b: Rational | undefined;
  while (a === undefined || b === undefined) {
    const r = yield* select({
      askF: askF && f.ask.send(null),
      askG: askG && g.ask.send(null),
      f: !askF && a === undefined && f.give.recv(),
      g: !askG && b === undefined && g.give.recv(),
    });
    if (r.key === "askF") askF = false;
    else if (r.key === "askG") askG = false;
    else if (r.key === "f") a = unwrap(r.value!);
    else b = unwrap(r.value!);
  }
  return [a, b];
}

/** The same coefficient for ever. */
export function* constantInto(c: Rational, out: Series): Coroutine<void> {
  for (;;) yield* put(out, c);
}

/** c at the n-th place, zero elsewhere. */
export function* monomialInto(c: Rational, n: number, out: Series): Coroutine<void> {
  for (let i = 0; ; i++) yield* put(out, i === n ? c : fromInt(0));
}

export function* addInto(f: Series, g: Series, out: Series): Coroutine<void> {
  for (;;) {
    yield* out.ask.recv();
    const [a, b] = yield* getBoth(f, g);
    yield* reply(out, add(a, b));
  }
}

export function* scaleInto(c: Rational, f: Series, out: Series): Coroutine<void> {
  for (;;) {
    yield* out.ask.recv();
    yield* reply(out, mul(c, yield* get(f)));
  }
}

/** Puts `head` first and then passes `f` on. */
export function* prefixInto(head: Rational, f: Series, out: Series): Coroutine<void> {
  yield* put(out, head);
  for (;;) {
    yield* out.ask.recv();
    yield* reply(out, yield* get(f));
  }
}

export function* diffInto(f: Series, out: Series): Coroutine<void> {
  yield* out.ask.recv();
  yield* get(f);
  for (let n = 1; ; n++) {
    yield* reply(out, mul(fromInt(n), yield* get(f)));
    yield* out.ask.recv();
  }
}

export function* integInto(c: Rational, f: Series, out: Series): Coroutine<void> {
  yield* put(out, c);
  for (let n = 1; ; n++) {
    yield* out.ask.recv();
    yield* reply(out, div(yield* get(f), fromInt(n)));
  }
}

/** F(c·xⁿ): the k-th coefficient times cᵏ, with n - 1 zeros after each. */
export function* spreadInto(f: Series, c: Rational, n: number, out: Series): Coroutine<void> {
  for (let power = fromInt(1); ; power = mul(power, c)) {
    yield* out.ask.recv();
    yield* reply(out, mul(power, yield* get(f)));
    for (let i = 1; i < n; i++) yield* put(out, fromInt(0));
  }
}

/**
 * Carries one coefficient to both readers of a split series. Until `release` comes, an earlier
 * carrier still owes something to the one who is behind, so only the one ahead may be served.
 */
export function* carry(f: Series, ahead: Series, behind: Series, release: Receiver<null>): Coroutine<void> {
  let [first, second] = [ahead, behind];
  const asked = yield* select({ ahead: ahead.ask.recv(), released: release.recv() });
  if (asked.key === "released") {
    const who = yield* select({ ahead: ahead.ask.recv(), behind: behind.ask.recv() });
    if (who.key === "behind") [first, second] = [behind, ahead];
  }
  const value = yield* get(f);
  const next = chan<null>();
  spawn(carry, f, first, second, next);
  yield* reply(first, value);
  if (asked.key === "ahead") yield* release.recv();
  yield* put(second, value);
  yield* next.send(null);
}

/** Two readers of one series, each at its own speed. */
function split(f: Series): [Series, Series] {
  const [a, b] = [newSeries(f.boxed), newSeries(f.boxed)];
  const release = chan<null>(1);
  release.trySend(null);
  spawn(carry, f, a, b, release);
  return [a, b];
}

/** (f₀ + xF)(g₀ + xG) = f₀g₀ + x(f₀G + g₀F) + x²FG. */
export function* mulInto(f: Series, g: Series, out: Series): Coroutine<void> {
  yield* out.ask.recv();
  const [f0, g0] = yield* getBoth(f, g);
  yield* reply(out, mul(f0, g0));
  const [fa, fb] = split(f);
  const [ga, gb] = split(g);
  const cross = sum(cmul(f0, ga), cmul(g0, fa));
  const tail = newSeries(f.boxed);
  spawn(prefixInto, fromInt(0), product(fb, gb), tail);
  const rest = sum(cross, tail);
  for (;;) {
    yield* out.ask.recv();
    yield* reply(out, yield* get(rest));
  }
}

/** F(G) with g₀ = 0: f₀ + G·F'(G), where F' is F without its first coefficient. */
export function* substInto(f: Series, g: Series, out: Series): Coroutine<void> {
  const [ga, gb] = split(g);
  yield* put(out, yield* get(f));
  yield* get(ga);
  const rest = product(ga, subst(f, gb));
  for (;;) {
    yield* out.ask.recv();
    yield* reply(out, yield* get(rest));
  }
}

export const ones = (boxed = false): Series => constant(fromInt(1), boxed);
export const twos = (boxed = false): Series => constant(fromInt(2), boxed);

function constant(c: Rational, boxed: boolean): Series {
  const out = newSeries(boxed);
  spawn(constantInto, c, out);
  return out;
}

export function monomial(c: Rational, n: number, boxed = false): Series {
  const out = newSeries(boxed);
  spawn(monomialInto, c, n, out);
  return out;
}

export function sum(f: Series, g: Series): Series {
  const out = newSeries(f.boxed);
  spawn(addInto, f, g, out);
  return out;
}

export function cmul(c: Rational, f: Series): Series {
  const out = newSeries(f.boxed);
  spawn(scaleInto, c, f, out);
  return out;
}

export const sub = (f: Series, g: Series): Series => sum(f, cmul(fromInt(-1), g));

export function diff(f: Series): Series {
  const out = newSeries(f.boxed);
  spawn(diffInto, f, out);
  return out;
}

export function integ(c: Rational, f: Series): Series {
  const out = newSeries(f.boxed);
  spawn(integInto, c, f, out);
  return out;
}

export function product(f: Series, g: Series): Series {
  const out = newSeries(f.boxed);
  spawn(mulInto, f, g, out);
  return out;
}

export function monsubst(f: Series, c: Rational, n: number): Series {
  const out = newSeries(f.boxed);
  spawn(spreadInto, f, c, n, out);
  return out;
}

export function subst(f: Series, g: Series): Series {
  const out = newSeries(f.boxed);
  spawn(substInto, f, g, out);
  return out;
}

/** E with E' = F'E and E(0) = 1: the series feeds its own computation. */
export function exp(f: Series): Series {
  const whole = newSeries(f.boxed);
  const [out, again] = split(whole);
  spawn(integInto, fromInt(1), product(again, diff(f)), whole);
  return out;
}

/** Sends the first `count` coefficients as text. */
export function* printInto(f: Series, count: number, out: Sender<string>): Coroutine<void> {
  for (let i = 0; i < count; i++) {
    const r = yield* get(f);
    yield* out.send(r.den === 1n ? `${r.num}` : `${r.num}/${r.den}`);
  }
}

tasks(import.meta.url, {
  constantInto,
  monomialInto,
  addInto,
  scaleInto,
  prefixInto,
  diffInto,
  integInto,
  spreadInto,
  carry,
  mulInto,
  substInto,
  printInto,
});
