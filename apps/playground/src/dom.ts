// Builds elements without markup in strings.

/** An element with a class, and text or children. */
export function el(tag: string, cls: string, ...content: readonly (string | Node)[]): HTMLElement {
  const e = document.createElement(tag);
  if (cls !== "") e.className = cls;
  e.append(...content);
  return e;
}

/** The element with this id, which the page is known to have. */
export function byId<T extends HTMLElement>(id: string): T {
  const e = document.getElementById(id);
  if (e === null) throw new Error(`page: expected an element with id ${id}`);
  return e as T;
}

const grouped = new Intl.NumberFormat("en-US");

/** A number with its thousands grouped. */
export function number(n: number): string {
  return grouped.format(Math.round(n));
}
