// The command line of `npm run bench`.
import { parseArgs } from "node:util";

export const usage = `npm run bench [-- name… options]

  name…            benchmarks, topics or tags to run; none: all of them. \`growth\` runs the growth series
  --list           print what there is, run nothing
  --quick          little work and two rounds: shows that every side works; its numbers mean nothing
  --rounds N       rounds of each side (default 7, fewer where one takes long; with headline, sides without a goal once)
  --sides a,b      only these sides
  --json FILE      write the result, after each benchmark what there is so far
  --resume FILE    run what FILE does not hold yet, and add it there; same machine, commit and day
  --html FILE      write the report page
  --from A,B,…     take stored results instead of running; several must be of one machine, commit and day
  --check          say which rows of budget.json fall short; exit code 2 if one surely does
  --against FILE   with --check: name the rows on which that stored result says otherwise
  --profile        profile instead of measuring, the first side or those of --sides: time and allocations by function,
                   deoptimizations; the .cpuprofile and .heapprofile files are kept
  --record         write what was measured into budget.json; never from a quick run, nor what is marked as noisy
  --force          run although the machine is busy; what was noisy is marked
`;

export function readOptions(argv) {
  const { values, positionals } = parseArgs({
    args: argv,
    allowPositionals: true,
    options: {
      list: { type: "boolean", default: false },
      quick: { type: "boolean", default: false },
      check: { type: "boolean", default: false },
      record: { type: "boolean", default: false },
      force: { type: "boolean", default: false },
      profile: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
      rounds: { type: "string" },
      sides: { type: "string" },
      json: { type: "string" },
      html: { type: "string" },
      from: { type: "string" },
      resume: { type: "string" },
      against: { type: "string" },
    },
  });
  const rounds = values.rounds === undefined ? (values.quick ? 2 : undefined) : Number(values.rounds);
  if (rounds !== undefined && (!Number.isInteger(rounds) || rounds < 1))
    throw new RangeError(`bench: expected --rounds to be an integer >= 1, got ${values.rounds}`);
  const json = values.json ?? values.resume;
  return { ...values, json, names: positionals, rounds, sides: values.sides?.split(",") };
}
