// Fill patterns, the second sign next to colour: one per function slot and one per state.

import type { Theme } from "./theme.ts";

/** Patterns of one theme on one canvas, made when first used. */
export class Patterns {
  readonly #ctx: CanvasRenderingContext2D;
  readonly #made: Map<string, CanvasPattern | null> = new Map();

  constructor(ctx: CanvasRenderingContext2D) {
    this.#ctx = ctx;
  }

  /** An overlay for function slot `slot`, or null where the fill stays plain. */
  slot(theme: Theme, slot: number): CanvasPattern | null {
    return slot === 0 ? null : this.#get(`slot${slot}`, 10, (c) => drawSlot(c, slot, theme.onFill, 0.28));
  }

  /** Diagonal stripes in a colour, for states. */
  stripes(colour: string): CanvasPattern | null {
    return this.#get(`stripes${colour}`, 8, (c) => diagonal(c, 8, colour, 1, 2.4));
  }

  dots(colour: string): CanvasPattern | null {
    return this.#get(`dots${colour}`, 6, (c) => dot(c, colour, 1, [[3, 3]], 1.1));
  }

  #get(key: string, size: number, draw: (c: CanvasRenderingContext2D) => void): CanvasPattern | null {
    const known = this.#made.get(key);
    if (known !== undefined) return known;
    const tile = document.createElement("canvas");
    tile.width = tile.height = size;
    const c = tile.getContext("2d");
    if (c === null) return null;
    draw(c);
    const made = this.#ctx.createPattern(tile, "repeat");
    this.#made.set(key, made);
    return made;
  }
}

type Painter = (c: CanvasRenderingContext2D, colour: string, alpha: number) => void;

const LOW: number[] = [0, 5, 10, 5];
const UP: number[] = [5, 0, 5, 10];
const PAIR: number[][] = [
  [2.5, 2.5],
  [7.5, 7.5],
];

/** Slot 0 is plain and has none. */
const SLOT_PAINTERS: readonly Painter[] = [
  () => {},
  (c, colour, alpha) => diagonal(c, 10, colour, alpha, 2),
  (c, colour, alpha) => dot(c, colour, alpha, PAIR, 1.4),
  (c, colour, alpha) => line(c, colour, alpha, [LOW]),
  (c, colour, alpha) => line(c, colour, alpha, [UP]),
  (c, colour, alpha) => line(c, colour, alpha, [LOW, UP]),
  (c, colour, alpha) => {
    c.translate(10, 0);
    c.scale(-1, 1);
    diagonal(c, 10, colour, alpha, 2);
  },
  (c, colour, alpha) => dot(c, colour, alpha, [[5, 5]], 2),
];

function drawSlot(c: CanvasRenderingContext2D, slot: number, colour: string, alpha: number): void {
  SLOT_PAINTERS[slot]?.(c, colour, alpha);
}

function diagonal(c: CanvasRenderingContext2D, size: number, colour: string, alpha: number, width: number): void {
  const lines = [-size, 0, size].map((x) => [x, size, x + size, 0]);
  c.lineWidth = width;
  line(c, colour, alpha, lines, width);
}

function line(c: CanvasRenderingContext2D, colour: string, alpha: number, lines: number[][], width = 1.6): void {
  c.strokeStyle = colour;
  c.globalAlpha = alpha;
  c.lineWidth = width;
  for (const [x1, y1, x2, y2] of lines) {
    c.beginPath();
    c.moveTo(x1!, y1!);
    c.lineTo(x2!, y2!);
    c.stroke();
  }
}

function dot(c: CanvasRenderingContext2D, colour: string, alpha: number, at: number[][], radius: number): void {
  c.fillStyle = colour;
  c.globalAlpha = alpha;
  for (const [x, y] of at) {
    c.beginPath();
    c.arc(x!, y!, radius, 0, 7);
    c.fill();
  }
}
