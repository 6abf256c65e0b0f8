// Exact rationals in lowest terms, with a positive denominator.

export interface Rational {
  readonly num: bigint;
  readonly den: bigint;
}

export function fromInt(n: number): Rational {
  return { num: BigInt(n), den: 1n };
}

export function add(a: Rational, b: Rational): Rational {
  return reduced(a.num * b.den + b.num * a.den, a.den * b.den);
}

export function mul(a: Rational, b: Rational): Rational {
  return reduced(a.num * b.num, a.den * b.den);
}

export function div(a: Rational, b: Rational): Rational {
  return reduced(a.num * b.den, a.den * b.num);
}

function reduced(num: bigint, den: bigint): Rational {
  let [a, b] = [num < 0n ? -num : num, den < 0n ? -den : den];
  while (b !== 0n) [a, b] = [b, a % b];
  const divisor = den < 0n ? -a : a;
  return { num: num / divisor, den: den / divisor };
}
