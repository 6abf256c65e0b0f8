// Portables: functions that can be found by name in another isolate.
//
// A started generator cannot leave its isolate; a name and arguments can. portable() registers the function while its
// module is evaluated, so that every isolate that evaluates the module knows it. The name is the identity, by convention
// `package:name`, because it survives bundlers and minifiers; the URL is a hint where to import it from.

import { expected, NotPortableError } from "./errors.ts";
import type { AnyBody, Crosses } from "./op.ts";

/** What the registry knows of a portable function. */
export interface PortableInfo {
  readonly name: string;
  readonly url: string;
  readonly body: AnyBody;
}

const KEY = "~gr.portables";
const home = globalThis as { [KEY]?: Map<string, PortableInfo> };
const registry = (): Map<string, PortableInfo> => {
  home[KEY] ??= new Map();
  return home[KEY];
};
const byBody = new WeakMap<object, PortableInfo>();

type Plain =
  | string
  | number
  | boolean
  | bigint
  | null
  | undefined
  | void
  | Date
  | RegExp
  | Error
  | ArrayBuffer
  | SharedArrayBuffer
  | ArrayBufferView
  | AbortSignal
  | Crosses;

/** never when T can cross threads; else the reason. Looks four levels deep; the run-time check stays authoritative. */
type NoCross<T, D extends 0[] = []> = 0 extends 1 & T
  ? never
  : D["length"] extends 4
    ? never
    : T extends Plain
      ? never
      : T extends symbol
        ? "a symbol"
        : T extends (...a: never[]) => unknown
          ? "a function (pass a channel or a portable)"
          : T extends PromiseLike<unknown>
            ? "a promise or an Op"
            : T extends readonly (infer E)[]
              ? NoCross<E, [...D, 0]>
              : T extends ReadonlyMap<infer K, infer V>
                ? NoCross<K | V, [...D, 0]>
                : T extends ReadonlySet<infer E>
                  ? NoCross<E, [...D, 0]>
                  : T extends object
                    ? { [K in keyof T]-?: NoCross<T[K], [...D, 0]> }[keyof T]
                    : never;

type BodyResult<R> = R extends Generator<infer _Y, infer T, infer _N> ? T : R extends PromiseLike<infer T> ? T : R;

/** unknown when F's arguments and result can cross threads; else an object type whose key is the reason. */
export type Crossing<F> = F extends (...args: infer A) => infer R
  ? [NoCross<A[number]>] extends [never]
    ? [NoCross<BodyResult<R>>] extends [never]
      ? unknown
      : { readonly "this result cannot cross threads:": NoCross<BodyResult<R>> }
    : { readonly "this argument cannot cross threads:": NoCross<A[number]> }
  : unknown;

/** A function that go() may start on any M, and that is still callable as itself. */
export type Portable<F> = F & { readonly "~portable": true };

/**
 * Registers body under `name` so that it may start on any M. Call it while the module is evaluated, at top level:
 * `export const count = portable(import.meta.url, "app:count", function* (text: string) { … })`.
 * @throws NotPortableError if another function has the name; TypeError for wrong arguments
 */
// biome-ignore lint/complexity/noBannedTypes: with (...a: never[]) generic parameters would become never
export function portable<F extends Function>(
  moduleUrl: string | URL,
  name: string,
  body: F & Crossing<F>,
): Portable<F> {
  if (typeof body !== "function") throw new TypeError(expected("portable", "a function", body));
  if (typeof name !== "string" || name === "") throw new TypeError(expected("portable", "a name", name));
  const url = String(moduleUrl ?? "");
  const old = registry().get(name);
  // The same source evaluated again (hot reload, two module graphs) replaces itself.
  if (old !== undefined && old.body !== (body as unknown) && (old.url !== url || String(old.body) !== String(body)))
    throw new NotPortableError(
      `portable: the name "${name}" is taken by a function of ${old.url}; names must be unique in the program, got another from ${url}`,
    );
  // An arrow function written in the call has no name of its own: dumps and traces show the portable's.
  if (body.name === "") Reflect.defineProperty(body, "name", { value: name, configurable: true });
  const info: PortableInfo = { name, url, body: body as unknown as AnyBody };
  registry().set(name, info);
  byBody.set(body, info);
  return body as unknown as Portable<F>;
}

/** The registration of a portable function; undefined for any other. */
export function portableOf(body: object): PortableInfo | undefined {
  return byBody.get(body);
}

/** The portable registered under `name` in this isolate. */
export function findPortable(name: string): PortableInfo | undefined {
  return registry().get(name);
}

/** Names that are registered in this isolate, for error texts. */
export function portableNames(): string[] {
  return [...registry().keys()];
}
