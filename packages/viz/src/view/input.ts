// Mouse, touch, pen and wheel on a canvas, told as what is meant: pan, zoom, pick, hover.

/** What the viewer does. Positions are CSS pixels within the element. */
export interface Gestures {
  panBy(px: number): void;
  zoomAt(factor: number, x: number): void;
  pick(x: number, y: number): void;
  hover(x: number, y: number): void;
  leave(): void;
  zoomTo(x: number, y: number): void;
  /** If a plain wheel may zoom: only when the lanes have the focus, or the page could not be scrolled past them. */
  wheelZooms(): boolean;
}

const CLICK_PX = 4;

/** Listens on `el` until the signal aborts. */
export function listen(el: HTMLElement, g: Gestures, signal: AbortSignal): void {
  const down = new Map<number, { x: number; y: number }>();
  let moved = 0;
  const at = (e: MouseEvent): { x: number; y: number } => {
    const box = el.getBoundingClientRect();
    return { x: e.clientX - box.left, y: e.clientY - box.top };
  };
  el.addEventListener(
    "pointerdown",
    (e) => {
      down.set(e.pointerId, at(e));
      moved = down.size === 1 ? 0 : CLICK_PX;
      el.setPointerCapture(e.pointerId);
    },
    { signal },
  );
  el.addEventListener(
    "pointermove",
    (e) => {
      const now = at(e);
      const before = down.get(e.pointerId);
      if (before === undefined) {
        g.hover(now.x, now.y);
        return;
      }
      moved += Math.abs(now.x - before.x) + Math.abs(now.y - before.y);
      if (down.size === 1 && moved >= CLICK_PX) g.panBy(before.x - now.x);
      else if (down.size === 2) pinch(g, before, now, otherOf(down, e.pointerId));
      down.set(e.pointerId, now);
    },
    { signal },
  );
  const up = (e: PointerEvent): void => {
    const start = down.get(e.pointerId);
    down.delete(e.pointerId);
    if (start !== undefined && e.type === "pointerup" && moved < CLICK_PX) g.pick(start.x, start.y);
  };
  el.addEventListener("pointerup", up, { signal });
  el.addEventListener("pointercancel", up, { signal });
  el.addEventListener("pointerleave", () => g.leave(), { signal });
  el.addEventListener("dblclick", (e) => g.zoomTo(at(e).x, at(e).y), { signal });
  el.addEventListener("wheel", (e) => wheel(e, g, at(e).x), { signal, passive: false });
}

function otherOf(down: ReadonlyMap<number, { x: number; y: number }>, id: number): { x: number; y: number } {
  for (const [other, p] of down) if (other !== id) return p;
  return { x: 0, y: 0 };
}

function pinch(g: Gestures, before: { x: number }, now: { x: number }, other: { x: number }): void {
  const was = Math.max(12, Math.abs(before.x - other.x));
  const is = Math.max(12, Math.abs(now.x - other.x));
  g.panBy((before.x - now.x) / 2);
  g.zoomAt(was / is, (now.x + other.x) / 2);
}

function wheel(e: WheelEvent, g: Gestures, x: number): void {
  const zooms = e.ctrlKey || e.metaKey;
  if (!zooms && (e.shiftKey || Math.abs(e.deltaX) > Math.abs(e.deltaY))) {
    e.preventDefault();
    g.panBy(e.deltaX || e.deltaY);
  } else if (zooms || g.wheelZooms()) {
    e.preventDefault();
    g.zoomAt(Math.exp(e.deltaY * (e.ctrlKey ? 0.01 : 0.002)), x);
  }
}
