// Colours of both themes. Hues follow Okabe and Ito's eight that colour-blind people can tell apart; their lightness is
// moved so that every fill has at least 3:1 on its ground and the text on it at least 4.5:1. No meaning rests on hue
// alone: functions also differ by pattern and name, states by shape.

/** All that the canvas needs; the style sheet has the same values as custom properties. */
export interface Theme {
  readonly name: "dark" | "light";
  readonly ground: string;
  readonly lane: string;
  readonly held: string;
  readonly line: string;
  readonly ink: string;
  readonly soft: string;
  readonly accent: string;
  /** Text on a function's fill. */
  readonly onFill: string;
  /** Fills of the eight function slots; the last is "all others". */
  readonly fills: readonly string[];
  readonly spinning: string;
  readonly hostLoop: string;
  readonly lost: string;
  readonly runnable: string;
  readonly waiting: string;
}

export const DARK: Theme = {
  name: "dark",
  ground: "#10161b",
  lane: "#182027",
  held: "#22303a",
  line: "#2b3841",
  ink: "#edf2f4",
  soft: "#a3b1ba",
  accent: "#8fd0ff",
  onFill: "#0b1014",
  fills: ["#56b4e9", "#f0a92e", "#2fc39a", "#e394c1", "#f58a4b", "#e9de58", "#8ea6ff", "#97a6b0"],
  spinning: "#c9a86a",
  hostLoop: "#6f8594",
  lost: "#ff6b6b",
  runnable: "#f0a92e",
  waiting: "#7d8f9b",
};

export const LIGHT: Theme = {
  name: "light",
  ground: "#ffffff",
  lane: "#f1f3f2",
  held: "#dfe6e8",
  line: "#d3dadc",
  ink: "#15202b",
  soft: "#55636e",
  accent: "#0a62a6",
  onFill: "#ffffff",
  fills: ["#1f74b1", "#a85f00", "#00735a", "#9c4278", "#b54100", "#716800", "#4a52b8", "#5b6872"],
  spinning: "#8a6a1f",
  hostLoop: "#748690",
  lost: "#c62828",
  runnable: "#a85f00",
  waiting: "#7b8a94",
};

/** The fill of a span class (see lane-index.ts). */
export function classColour(theme: Theme, cls: number): string {
  const own = [theme.spinning, theme.hostLoop, theme.lost, theme.runnable, theme.waiting];
  return theme.fills[cls] ?? own[cls - theme.fills.length] ?? theme.ground;
}
