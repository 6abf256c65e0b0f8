// Keys of the viewer and what they do, in one table: the handler and the help read the same.

/** What a key asks for. */
export type Command =
  | "zoomIn"
  | "zoomOut"
  | "left"
  | "right"
  | "fit"
  | "focus"
  | "laneUp"
  | "laneDown"
  | "next"
  | "previous"
  | "follow"
  | "goroutines"
  | "table"
  | "help"
  | "clear";

interface Binding {
  readonly keys: readonly string[];
  readonly command: Command;
  readonly help: string;
}

const BINDINGS: readonly Binding[] = [
  { keys: ["w", "+", "="], command: "zoomIn", help: "zoom in" },
  { keys: ["s", "-"], command: "zoomOut", help: "zoom out" },
  { keys: ["a", "ArrowLeft"], command: "left", help: "left" },
  { keys: ["d", "ArrowRight"], command: "right", help: "right" },
  { keys: ["0", "Home"], command: "fit", help: "all of the run" },
  { keys: ["ArrowUp", "k"], command: "laneUp", help: "lane up" },
  { keys: ["ArrowDown", "j"], command: "laneDown", help: "lane down" },
  { keys: [".", "Enter"], command: "next", help: "next span of the lane" },
  { keys: [","], command: "previous", help: "span before" },
  { keys: ["["], command: "follow", help: "to who woke it" },
  { keys: ["f"], command: "focus", help: "zoom to the selection" },
  { keys: ["g"], command: "goroutines", help: "lanes of goroutines" },
  { keys: ["t"], command: "table", help: "tables" },
  { keys: ["?"], command: "help", help: "these keys" },
  { keys: ["Escape"], command: "clear", help: "clear" },
];

/** The command of a key event, or undefined. */
export function commandOf(e: KeyboardEvent): Command | undefined {
  if (e.ctrlKey || e.metaKey || e.altKey) return undefined;
  const key = e.key.length === 1 ? e.key.toLowerCase() : e.key;
  return BINDINGS.find((b) => b.keys.includes(key))?.command;
}

/** Fills `into` with the keys. */
export function showKeys(into: HTMLElement): void {
  into.replaceChildren();
  for (const b of BINDINGS) {
    const item = document.createElement("span");
    const kbd = document.createElement("kbd");
    kbd.textContent = (b.keys[0]!.length === 1 ? b.keys[0]!.toUpperCase() : b.keys[0]!).replace("Arrow", "");
    item.append(kbd, ` ${b.help}`);
    into.append(item);
  }
  into.append("Ctrl + wheel or pinch zooms, drag moves, double-click zooms to a span.");
}
