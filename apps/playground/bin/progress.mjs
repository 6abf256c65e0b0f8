// A progress bar where there is a terminal, a line now and then where there is none.

const WIDTH = 28;

/** Shows how far `label` is. Call the returned function with the number done; with null when it is over. */
export function progressBar(out, label, total) {
  const tty = out.isTTY === true;
  let shown = -1;
  return (done, note = "") => {
    if (done === null) {
      if (tty) out.write("\r\x1b[2K");
      out.write(`  ${label.padEnd(26)} ${note}\n`);
      return;
    }
    const share = total > 0 ? Math.min(1, done / total) : 0;
    const percent = Math.floor(share * 100);
    if (tty) {
      const full = Math.round(share * WIDTH);
      const bar = "█".repeat(full) + "░".repeat(WIDTH - full);
      out.write(
        `\r\x1b[2K  ${label.padEnd(26)} ${bar} ${total > 0 ? `${String(percent).padStart(3)} %` : `${done} files`}`,
      );
    } else if (total > 0 && percent >= shown + 50 && percent < 100) {
      shown = percent;
      out.write(`  ${label.padEnd(26)} ${percent} %\n`);
    }
  };
}
