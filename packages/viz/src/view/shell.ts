// The element's inside as DOM: made once, filled by the viewer.

/** The parts of the viewer that change. */
export interface Shell {
  readonly caption: HTMLElement;
  readonly mini: HTMLElement;
  readonly miniCanvas: HTMLCanvasElement;
  readonly stage: HTMLElement;
  readonly canvas: HTMLCanvasElement;
  readonly tip: HTMLElement;
  readonly legend: HTMLElement;
  readonly details: HTMLElement;
  readonly keys: HTMLElement;
  readonly tables: HTMLElement;
  readonly buttons: Readonly<Record<"zoomIn" | "zoomOut" | "fit" | "goroutines" | "table" | "help", HTMLButtonElement>>;
}

const FRAME = `
<section class="frame" aria-label="Trace of the scheduler">
  <header>
    <p class="caption"></p>
    <div class="tools" role="group" aria-label="View">
      <button type="button" data-do="zoomIn" aria-label="Zoom in">+</button>
      <button type="button" data-do="zoomOut" aria-label="Zoom out">−</button>
      <button type="button" data-do="fit">All</button>
      <button type="button" data-do="goroutines" aria-pressed="false">Goroutines</button>
      <button type="button" data-do="table" aria-pressed="false">Table</button>
      <button type="button" data-do="help" aria-pressed="false" aria-label="Keys">?</button>
    </div>
  </header>
  <div class="mini" aria-hidden="true"><canvas></canvas></div>
  <div class="stage" tabindex="0" role="group" aria-label="Timeline. W and S zoom, A and D move, full stop selects a span, T shows tables.">
    <canvas role="img"></canvas><div class="tip" hidden></div>
  </div>
  <div class="details" role="status" hidden></div>
  <div class="legend"></div>
  <p class="keys" hidden></p>
  <div class="tables" hidden></div>
</section>`;

/** Builds the parts inside `root`. */
export function buildShell(root: ShadowRoot, css: string): Shell {
  const style = document.createElement("style");
  style.textContent = css;
  const box = document.createElement("template");
  box.innerHTML = FRAME;
  root.replaceChildren(style, box.content);
  const find = <T extends HTMLElement>(selector: string): T => root.querySelector<T>(selector)!;
  const button = (name: string): HTMLButtonElement => find(`[data-do=${name}]`);
  return {
    caption: find(".caption"),
    mini: find(".mini"),
    miniCanvas: find(".mini canvas"),
    stage: find(".stage"),
    canvas: find(".stage canvas"),
    tip: find(".tip"),
    legend: find(".legend"),
    details: find(".details"),
    keys: find(".keys"),
    tables: find(".tables"),
    buttons: {
      zoomIn: button("zoomIn"),
      zoomOut: button("zoomOut"),
      fit: button("fit"),
      goroutines: button("goroutines"),
      table: button("table"),
      help: button("help"),
    },
  };
}
