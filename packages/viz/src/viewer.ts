// <gr-trace-viewer>: shows a trace. Set its `trace` property; `theme="dark|light"` overrides the system's choice.

import { explain } from "./explain.ts";
import type { Trace } from "./trace.ts";
import { showDetails } from "./view/details.ts";
import { listen } from "./view/input.ts";
import { type Command, commandOf, showKeys } from "./view/keys.ts";
import { showLegend } from "./view/legend.ts";
import { minimapImage, paintWindow } from "./view/minimap.ts";
import { paintFrame } from "./view/paint-frame.ts";
import { Patterns } from "./view/patterns.ts";
import { type Scene, timeAt } from "./view/scene.ts";
import { buildShell, type Shell } from "./view/shell.ts";
import { ViewState } from "./view/state.ts";
import { CSS, themeVars } from "./view/style.ts";
import { showTables } from "./view/table.ts";
import { DARK, LIGHT, type Theme } from "./view/theme.ts";
import { pan, show, type Viewport, whole, zoom } from "./view/viewport.ts";

/** Pixels around the pointer that still count as a hit. */
const SLACK_PX = 5;
const GLIDE_MS = 140;

declare global {
  interface HTMLElementTagNameMap {
    "gr-trace-viewer": TraceViewerElement;
  }
}

// Node has no elements: there the class is inert, so that importing this file is harmless.
const Base: typeof HTMLElement = globalThis.HTMLElement ?? (class {} as unknown as typeof HTMLElement);

/** The custom element. */
export class TraceViewerElement extends Base {
  static readonly observedAttributes: readonly string[] = ["theme"];
  #state: ViewState | null = null;
  #shell: Shell | null = null;
  #patterns: Patterns | null = null;
  #mini: ImageData | null = null;
  #cursor = Number.NaN;
  #frame = 0;
  #glide = 0;
  #off: AbortController | null = null;

  get trace(): Trace | null {
    return this.#state?.trace ?? null;
  }

  /** The trace to show; null empties the viewer. */
  set trace(trace: Trace | null) {
    this.#state = trace === null ? null : new ViewState(trace);
    this.#cursor = Number.NaN;
    this.#fill();
  }

  /** What is on screen, in ns since the trace began. */
  get range(): { start: number; end: number } {
    const v = this.#state?.view;
    return v === undefined ? { start: 0, end: 0 } : { start: v.start - v.min, end: v.end - v.min };
  }

  connectedCallback(): void {
    const root = this.shadowRoot ?? this.attachShadow({ mode: "open" });
    this.#shell = buildShell(root, CSS);
    this.#off = new AbortController();
    const { signal } = this.#off;
    this.#listen(this.#shell, signal);
    const sized = new ResizeObserver(() => this.#resized());
    sized.observe(this);
    signal.addEventListener("abort", () => sized.disconnect());
    const dark = matchMedia("(prefers-color-scheme: dark)");
    dark.addEventListener("change", () => this.#themed(), { signal });
    showKeys(this.#shell.keys);
    this.#themed();
    this.#fill();
  }

  disconnectedCallback(): void {
    this.#off?.abort();
    cancelAnimationFrame(this.#frame);
    cancelAnimationFrame(this.#glide);
    this.#frame = this.#glide = 0;
  }

  attributeChangedCallback(): void {
    if (this.#shell !== null) this.#themed();
  }

  #theme(): Theme {
    const wanted = this.getAttribute("theme");
    const dark = wanted === "dark" || (wanted !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
    return dark ? DARK : LIGHT;
  }

  #themed(): void {
    for (const [name, value] of Object.entries(themeVars(this.#theme()))) this.style.setProperty(name, value);
    this.#mini = null;
    this.#draw();
  }

  #fill(): void {
    const shell = this.#shell;
    const state = this.#state;
    if (shell === null) return;
    shell.caption.replaceChildren(...emphasised(state?.figures.summary ?? "No trace yet."));
    this.#mini = null;
    if (state === null) return;
    shell.canvas.setAttribute("aria-label", state.figures.summary);
    showLegend(shell.legend, state.figures.sites, state.figures.lost > 0);
    this.#changed();
  }

  /** After the selection or the rows changed. */
  #changed(): void {
    const state = this.#state;
    const shell = this.#shell;
    if (state === null || shell === null) return;
    const go = (row: number): void => this.#select(row);
    showDetails(shell.details, state.timeline, state.selected, go, () => this.#glideTo(state.focused()));
    this.#tables();
    this.#draw();
  }

  #tables(): void {
    const state = this.#state;
    const shell = this.#shell;
    if (state === null || shell === null || shell.tables.hidden) return;
    showTables(shell.tables, state.timeline, state.view, state.lanes(), (row) => this.#select(row));
  }

  #select(row: number): void {
    this.#state?.select(row);
    this.#changed();
    this.dispatchEvent(new CustomEvent("span-select", { detail: { row } }));
  }

  #resized(): void {
    this.#mini = null;
    this.#draw();
  }

  #draw(): void {
    if (this.#frame !== 0) return;
    this.#frame = requestAnimationFrame(() => {
      this.#frame = 0;
      this.#paint();
    });
  }

  #paint(): void {
    const state = this.#state;
    const shell = this.#shell;
    if (state === null || shell === null) return;
    const scene = this.#scene(shell, state);
    if (scene === null) return;
    paintFrame(scene);
    this.#paintMini(shell, state, scene);
  }

  #scene(shell: Shell, state: ViewState): Scene | null {
    const dpr = Math.min(3, globalThis.devicePixelRatio || 1);
    const width = shell.canvas.clientWidth;
    if (width === 0) return null;
    const ctx = sized(shell.canvas, width, state.height, dpr);
    if (ctx === null) return null;
    this.#patterns ??= new Patterns(ctx);
    const gutter = width < 560 ? 86 : 116;
    const { timeline, view, rows, height, selected, activeRow } = state;
    const patterns = this.#patterns;
    const theme = this.#theme();
    return {
      ctx,
      timeline,
      theme,
      patterns,
      view,
      rows,
      width,
      height,
      gutter,
      dpr,
      selected,
      activeRow,
      cursor: this.#cursor,
    };
  }

  #paintMini(shell: Shell, state: ViewState, scene: Scene): void {
    const width = shell.mini.clientWidth;
    const height = shell.mini.clientHeight;
    const ctx = sized(shell.miniCanvas, width, height, scene.dpr);
    if (ctx === null || width === 0) return;
    const px = Math.round(width * scene.dpr);
    this.#mini ??= minimapImage(state.indexes.ps, state.view, scene.theme, px, Math.round(height * scene.dpr));
    ctx.putImageData(this.#mini, 0, 0);
    ctx.setTransform(scene.dpr, 0, 0, scene.dpr, 0, 0);
    paintWindow(ctx, state.view, scene.theme, width, height);
  }

  #listen(shell: Shell, signal: AbortSignal): void {
    shell.stage.addEventListener("keydown", (e) => this.#key(e), { signal });
    for (const [name, button] of Object.entries(shell.buttons)) {
      button.addEventListener("click", () => this.#run(name as Command), { signal });
    }
    listen(
      shell.canvas,
      {
        panBy: (px) => this.#look((s, v) => pan(v, px / (s.width - s.gutter))),
        zoomAt: (factor, x) => this.#look((s, v) => zoom(v, factor, timeAt(s, Math.max(s.gutter, x)))),
        pick: (x, y) => this.#pick(x, y),
        hover: (x, y) => this.#hover(x, y),
        leave: () => this.#hover(-1, -1),
        zoomTo: (x, y) => {
          this.#pick(x, y);
          if (this.#state !== null && this.#state.selected >= 0) this.#glideTo(this.#state.focused());
        },
        wheelZooms: () => this.shadowRoot?.activeElement === shell.stage,
      },
      signal,
    );
    const move = (e: PointerEvent): void => this.#miniTo(shell, e);
    shell.mini.addEventListener("pointerdown", (e) => shell.mini.setPointerCapture(e.pointerId), { signal });
    shell.mini.addEventListener("pointerdown", move, { signal });
    shell.mini.addEventListener("pointermove", (e) => e.buttons > 0 && move(e), { signal });
  }

  #miniTo(shell: Shell, e: PointerEvent): void {
    const box = shell.mini.getBoundingClientRect();
    this.#look((_, v) => {
      const at = v.min + ((e.clientX - box.left) / box.width) * (v.max - v.min);
      const half = (v.end - v.start) / 2;
      return show(v, at - half, at + half);
    });
  }

  #look(change: (s: Scene, v: Viewport) => Viewport): void {
    if (this.#state === null || this.#shell === null) return;
    const scene = this.#scene(this.#shell, this.#state);
    if (scene === null) return;
    this.#state.view = change(scene, this.#state.view);
    this.#tables();
    this.#draw();
  }

  #pick(x: number, y: number): void {
    const state = this.#state;
    const scene = this.#shell === null || state === null ? null : this.#scene(this.#shell, state);
    if (scene === null || state === null) return;
    const row = state.rowAt(y);
    state.activeRow = state.rows[row]?.kind === "lane" ? row : -1;
    this.#shell?.stage.focus({ preventScroll: true });
    this.#select(x < scene.gutter ? -1 : state.spanNear(row, timeAt(scene, x), slackNs(scene)));
  }

  #hover(x: number, y: number): void {
    const state = this.#state;
    const shell = this.#shell;
    const scene = shell === null || state === null ? null : this.#scene(shell, state);
    if (scene === null || state === null || shell === null) return;
    const inside = x >= scene.gutter;
    this.#cursor = inside ? timeAt(scene, x) : Number.NaN;
    const span = inside ? state.spanNear(state.rowAt(y), this.#cursor, slackNs(scene)) : -1;
    shell.tip.hidden = span < 0;
    if (span >= 0) {
      shell.tip.textContent = explain(state.timeline, span)[0] ?? "";
      shell.tip.style.left = `${Math.min(x + 14, scene.width - Math.min(300, scene.width * 0.6))}px`;
      shell.tip.style.top = `${y + 18}px`;
    }
    this.#draw();
  }

  #key(e: KeyboardEvent): void {
    const command = commandOf(e);
    if (command === undefined) return;
    e.preventDefault();
    this.#run(command);
  }

  #run(command: Command): void {
    const state = this.#state;
    const shell = this.#shell;
    if (state === null || shell === null) return;
    this.#commands(state, shell)[command]();
  }

  #commands(state: ViewState, shell: Shell): Record<Command, () => void> {
    const v = state.view;
    const s = state.timeline.spans;
    const row = state.selected;
    const seen = row >= 0 && s.end[row]! > v.start && s.start[row]! < v.end;
    const at = seen ? (s.start[row]! + s.end[row]!) / 2 : (v.start + v.end) / 2;
    const move = (by: 1 | -1): void => {
      state.moveLane(by);
      this.#draw();
    };
    const step = (by: 1 | -1): void => {
      state.step(by);
      this.#changed();
    };
    return {
      zoomIn: () => this.#glideTo(zoom(v, 0.6, at)),
      zoomOut: () => this.#glideTo(zoom(v, 1 / 0.6, at)),
      left: () => this.#glideTo(pan(v, -0.2)),
      right: () => this.#glideTo(pan(v, 0.2)),
      fit: () => this.#glideTo(whole(v.min, v.max)),
      focus: () => this.#glideTo(state.focused()),
      laneUp: () => move(-1),
      laneDown: () => move(1),
      next: () => step(1),
      previous: () => step(-1),
      follow: () => {
        state.follow();
        this.#changed();
      },
      goroutines: () => {
        state.goroutines = !state.goroutines;
        state.layout();
        press(shell.buttons.goroutines, state.goroutines);
        this.#changed();
      },
      table: () => {
        shell.tables.hidden = !shell.tables.hidden;
        press(shell.buttons.table, !shell.tables.hidden);
        this.#tables();
      },
      help: () => {
        shell.keys.hidden = !shell.keys.hidden;
        press(shell.buttons.help, !shell.keys.hidden);
      },
      clear: () => this.#select(-1),
    };
  }

  /** Moves the view there, at once if motion is not wanted. */
  #glideTo(to: Viewport): void {
    const state = this.#state;
    if (state === null) return;
    cancelAnimationFrame(this.#glide);
    const from = state.view;
    const began = performance.now();
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const step = (): void => {
      const t = still ? 1 : Math.min(1, (performance.now() - began) / GLIDE_MS);
      const ease = 1 - (1 - t) ** 3;
      const mix = (a: number, b: number): number => a + (b - a) * ease;
      state.view = t === 1 ? to : { ...to, start: mix(from.start, to.start), end: mix(from.end, to.end) };
      this.#draw();
      if (t < 1) this.#glide = requestAnimationFrame(step);
      else this.#tables();
    };
    step();
  }
}

/** The text with its numbers in bold, each held together with its unit. */
function emphasised(text: string): (string | HTMLElement)[] {
  return text.split(/(\b\d[\d,.]*(?: (?:%|ns|µs|ms|s)(?![a-z]))?)/).map((part, i) => {
    if (i % 2 === 0) return part;
    const b = document.createElement("b");
    b.textContent = part.replace(" ", "\u00a0");
    return b;
  });
}

function press(button: HTMLButtonElement, on: boolean): void {
  button.setAttribute("aria-pressed", String(on));
}

function slackNs(s: Scene): number {
  return (SLACK_PX * (s.view.end - s.view.start)) / (s.width - s.gutter);
}

/** Gives a canvas its size in device pixels, only if that changed, and its context. */
function sized(canvas: HTMLCanvasElement, width: number, height: number, dpr: number): CanvasRenderingContext2D | null {
  const [w, h] = [Math.round(width * dpr), Math.round(height * dpr)];
  if (canvas.width !== w) canvas.width = w;
  if (canvas.height !== h) canvas.height = h;
  if (canvas.style.height !== `${height}px`) canvas.style.height = `${height}px`;
  return canvas.getContext("2d");
}

if (globalThis.customElements !== undefined && customElements.get("gr-trace-viewer") === undefined) {
  customElements.define("gr-trace-viewer", TraceViewerElement);
}
