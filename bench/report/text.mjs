// The terminal's tables.

/** Three significant digits, without an exponent. */
export function number(x) {
  if (x === undefined || Number.isNaN(x)) return "";
  if (x >= 1000) return Math.round(x).toLocaleString("en-US");
  return x >= 100 ? x.toFixed(0) : x >= 10 ? x.toFixed(1) : x >= 1 ? x.toFixed(2) : x.toFixed(3);
}

export const percent = (share) => `${Math.round(share * 100)} %`;

export function benchTable(bench) {
  const head = `\n${bench.name}${bench.rule ? ` (${bench.rule})` : ""}: ${bench.title}${bench.noisy ? `   NOISY: others kept ${bench.foreignCores.toFixed(2)} cores busy` : ""}`;
  const rows = [["side", `${bench.unit}, min`, "median", "spread", "ops", "seconds", "cores", "peak MiB"]];
  const notes = [];
  for (const side of bench.sides) {
    if (side.values !== undefined)
      rows.push([
        side.name,
        number(side.min),
        number(side.median),
        percent(side.spread),
        side.n.toLocaleString("en-US"),
        number(side.seconds),
        number(side.cores),
        number(side.rssMiB),
      ]);
    if (side.problem !== undefined)
      notes.push(`  ${side.name}: ${side.problem.kind}: ${side.problem.text.split("\n")[0]}`);
  }
  for (const row of bench.rows) notes.push(`  ${rowText(row)}`);
  return [head, align(rows), ...notes].join("\n");
}

export function rowText(row) {
  const what = `${(row.of ?? []).join(" × ")}${row.against?.length > 0 ? ` / ${row.against.join(" × ")}` : ""}`;
  if (row.ratio === undefined) return `${row.id}: not measured (${(row.missing ?? []).join(", ")} missing)`;
  return `${row.id}: ${what} = ${number(row.ratio)}  [${number(row.low)}, ${number(row.high)}] at ${percent(row.confidence)}, ${row.pairs} rounds`;
}

export function verdicts(judged) {
  const rows = [["row", "goal", "measured", "interval", "verdict"]];
  for (const row of judged) {
    const goal = row.atLeast !== undefined ? `>= ${row.atLeast}` : `<= ${row.atMost}`;
    if (row.got === undefined) {
      rows.push([row.id, goal, "", "", row.verdict]);
      continue;
    }
    const by = row.miss > 1 ? `, the median misses by ${number(row.miss)} times` : "";
    const { ratio, low, high } = row.got;
    rows.push([
      row.id,
      goal,
      number(ratio),
      `[${number(low)}, ${number(high)}]`,
      `${row.verdict}${by}${row.noisy ? ", noisy" : ""}`,
    ]);
  }
  const count = (verdict) => judged.filter((row) => row.verdict === verdict).length;
  const counts = `${count("meets")} meet their goal, ${count("undecided")} undecided, ${count("falls short")} fall short, ${count("not measured")} not measured`;
  return `\n${align(rows)}\n${counts}\nundecided: the goal lies inside the interval`;
}

/** What two runs say differently about the rows that both measured. Undecided contradicts nothing. */
export function disagreement(judged, before, file) {
  const then = new Map(before.map((row) => [row.id, row]));
  const both = judged.filter(({ id, got }) => got !== undefined && then.get(id)?.got !== undefined);
  const differs = both.filter(({ id, verdict }) => then.get(id).verdict !== verdict);
  const against = differs.filter((row) => ![row.verdict, then.get(row.id).verdict].includes("undecided"));
  const lines = differs.map((row) => {
    const old = then.get(row.id);
    return `  ${row.id}: ${old.verdict} at ${number(old.got.ratio)}, now ${row.verdict} at ${number(row.got.ratio)}`;
  });
  return [
    `\nbeside ${file}: ${both.length} rows in both, ${against.length} contradict each other`,
    ...(differs.length > 0 ? ["other verdicts:", ...lines] : []),
  ].join("\n");
}

export function listOf(catalog) {
  const rows = [["topic", "benchmark", "rule", "what", "sides"]];
  for (const bench of catalog)
    rows.push([bench.topic, bench.name, bench.rule ?? "", bench.title, Object.keys(bench.sides).join(" ")]);
  return align(rows, 0);
}

/** Columns; numbers to the right, the first one and every text to the left. */
export function align(rows, indent = 2) {
  const widths = rows[0].map((_, i) => Math.max(...rows.map((row) => String(row[i] ?? "").length)));
  const isNumber = rows[0].map(
    (_, i) => i > 0 && rows.slice(1).every((row) => /^[\d.,]*( %)?$/.test(String(row[i] ?? ""))),
  );
  return rows
    .map((row) => {
      const cells = widths.map((width, i) =>
        isNumber[i] ? String(row[i] ?? "").padStart(width) : String(row[i] ?? "").padEnd(width),
      );
      return `${" ".repeat(indent)}${cells.join("  ")}`.trimEnd();
    })
    .join("\n");
}
