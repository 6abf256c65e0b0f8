// budget.json: for each row of the design the ratio it must reach, and what was last measured.
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

export const budgetFile = fileURLToPath(new URL("../budget.json", import.meta.url));

export function readBudget(file = budgetFile) {
  return JSON.parse(readFileSync(file, "utf8"));
}

/** The sides that a goal is about: those of the benchmark's rows that the budget holds. */
export function sidesWithGoal(budget, bench) {
  const goals = new Set(budget.rows.map(({ id }) => id));
  const rows = (bench.rows ?? []).filter((row) => goals.has(rowId(bench, row)));
  return new Set(rows.flatMap((row) => [row.absolute ?? row.of ?? "gr", row.best ?? row.against ?? []].flat(2)));
}

export const rowId = (bench, row) => row.id ?? `${bench.name}/${row.best !== undefined ? "best" : row.against}`;

/** All rows of a result by id. */
export function rowsOf(result) {
  return new Map(
    result.benchmarks.flatMap((bench) => bench.rows.map((row) => [row.id, { ...row, noisy: bench.noisy }])),
  );
}

/**
 * Judges every row of the budget that the result was to measure. `verdict`: "meets" when the whole interval lies on the
 * good side of the goal, "falls short" when it lies on the other, "undecided" when the goal lies inside it, so that
 * another run may well say otherwise; "not measured" if a side was missing.
 */
export function judge(budget, result) {
  const measured = rowsOf(result);
  const wanted = new Set(result.benchmarks.map(({ name }) => name));
  return budget.rows
    .filter((row) => wanted.has(row.bench))
    .map((row) => ({ ...row, ...verdictOf(row, measured.get(row.id)) }));
}

function verdictOf(row, got) {
  if (got?.ratio === undefined) return { verdict: "not measured", missing: got?.missing ?? [] };
  const { ratio, low, high, noisy } = got;
  const atLeast = row.atLeast !== undefined;
  const goal = atLeast ? row.atLeast : row.atMost;
  // How many times worse than the goal: 1 or less is good.
  const miss = atLeast ? goal / ratio : ratio / goal;
  const [worst, best] = atLeast ? [low, high] : [high, low];
  const reaches = (x) => (atLeast ? x >= goal : x <= goal);
  const verdict = reaches(worst) ? "meets" : reaches(best) ? "undecided" : "falls short";
  return { verdict, miss, got: { ratio, low, high }, noisy };
}

/**
 * Writes what was measured into the rows of the budget; what a busy machine disturbed is left out. Gives the ids of both.
 *
 * @throws Error if the run was a quick one
 */
export function record(budget, result, file = budgetFile) {
  if (result.quick) throw new Error("bench: a quick run measures nothing that could be recorded");
  const recorded = [];
  const noisy = [];
  const measured = rowsOf(result);
  const { date, commit, node, v8, go, cpu } = result.machine;
  for (const row of budget.rows) {
    const got = measured.get(row.id);
    if (got?.ratio === undefined) continue;
    if (got.noisy) {
      noisy.push(row.id);
      continue;
    }
    recorded.push(row.id);
    const { ratio, low, high } = got;
    row.measured = { ratio: round(ratio), low: round(low), high: round(high), date, commit, node, v8, go, cpu };
  }
  writeFileSync(file, `${JSON.stringify(budget, null, 2)}\n`);
  return { recorded, noisy };
}

const round = (x) => Number(x.toPrecision(4));
