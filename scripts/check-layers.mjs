// Layers: who may import whom.
//
// What.  Fails on an import that goes up, sideways, into another package's files, past the inner door or around in a
//        circle; on an index.ts that holds code; on a name of the world where it has no place; on a package.json whose
//        dependencies are not what the source imports.
// How.   The tables are in layers.mjs, the reading of a file in source.mjs. One pass over the files collects
//        violations as lines "file:line: what is wrong".
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { builtinModules } from "node:module";
import { join, posix } from "node:path";
import { anyHost, consumers, innerDoor, layers, restrictedNames, testsOnly } from "./layers.mjs";
import { isMain } from "./main.mjs";
import { globalsUsed, importsOf, notReExports, parse } from "./source.mjs";
import { readJson, repositoryRoot, workspaces } from "./workspaces.mjs";

/** Returns the violations found in the repository at `root`, and how many files were read. */
export function checkLayers(root = repositoryRoot) {
  const packages = workspaces(root);
  const names = new Map(packages.map((each) => [each.name, each]));
  const rootManifest = readJson(join(root, "package.json"));
  const problems = [];
  let files = 0;
  for (const workspace of packages) {
    const room = { workspace, names, rootManifest, graph: new Map(), used: new Set(), problems };
    for (const file of sourceFiles(workspace.path)) {
      files += 1;
      checkFile(room, file);
    }
    if (workspace.dir.startsWith("packages/")) {
      checkCycles(room);
      checkManifest(room);
    }
  }
  checkGuarded(names, problems);
  return { problems, files };
}

function checkFile(room, file) {
  const { workspace, problems } = room;
  const source = parse(file, readFileSync(join(workspace.path, file), "utf8"));
  const inSource = file.startsWith("src/");
  const at = (line) => `${workspace.dir}/${file}:${line}`;
  const reaches = [];
  room.graph.set(file, reaches);

  for (const { specifier, typeOnly, line } of importsOf(source)) {
    const say = (text) => problems.push(`${at(line)}: ${text}`);
    if (specifier.startsWith(".")) checkRelative(room, file, specifier, typeOnly, reaches, say);
    else if (isNodeModule(specifier)) {
      if (inSource && !typeOnly && anyHost.includes(workspace.name)) {
        say(`${workspace.name} runs in any JavaScript host, so it may not import ${specifier}`);
      }
    } else checkPackageImport(room, specifier, inSource, say);
  }

  if (!inSource) return;
  for (const { packages, names, except } of restrictedNames) {
    if (!packages.includes(workspace.name) || except(file.slice("src/".length))) continue;
    for (const { name, line } of globalsUsed(source, names)) {
      problems.push(`${at(line)}: ${name} may not be named here (see scripts/layers.mjs)`);
    }
  }
  if (file === "src/index.ts" && workspace.dir.startsWith("packages/")) {
    for (const { line, text } of notReExports(source)) {
      problems.push(`${at(line)}: an index.ts holds named re-exports only, not: ${text}`);
    }
  }
}

function checkRelative(room, file, specifier, typeOnly, reaches, say) {
  const target = posix.normalize(posix.join(posix.dirname(file), specifier));
  if (target.startsWith("..")) {
    const aboveRoot = posix.normalize(posix.join(room.workspace.dir, target));
    const isBase = /^[^/]+\.base\.ts$/.test(aboveRoot) && /^[^/]+\.config\.ts$/.test(file);
    // What a consumer runs by hand may use what the repository's own scripts use.
    const isTool =
      consumers.includes(room.workspace.name) && !file.includes("/") && /^scripts\/[^/]+\.mjs$/.test(aboveRoot);
    if (!isBase && !isTool) say(`${specifier} leaves the package; import another package by its name`);
  } else if (file.startsWith("src/")) {
    if (!target.startsWith("src/") && target !== "package.json") say(`source may not import ${specifier}`);
    if (target === "src/index.ts") say("nobody imports the index of their own package; import the file");
    if (!typeOnly) reaches.push(target);
  }
}

function checkPackageImport(room, specifier, inSource, say) {
  const { workspace, names, rootManifest, used } = room;
  const name = packageOf(specifier);
  if (inSource) used.add(name);
  const sibling = names.get(name);

  const { dependencies = {}, devDependencies = {}, peerDependencies = {} } = workspace.manifest;
  const forSource = { ...dependencies, ...peerDependencies };
  const isConsumer = consumers.includes(workspace.name);
  const allowed =
    inSource && !isConsumer ? forSource : { ...forSource, ...devDependencies, ...rootManifest.devDependencies };
  if (name !== workspace.name && !Object.hasOwn(allowed, name)) {
    const where = inSource && !isConsumer ? "dependencies" : "dependencies or devDependencies";
    say(`${name} is not in the ${where} of ${workspace.dir}/package.json`);
  }
  if (sibling === undefined) {
    if (name.startsWith("@gr/")) say(`there is no package ${name}`);
    return;
  }

  if (specifier === innerDoor && !workspace.name.startsWith("@gr/")) {
    say(`only @gr packages may import ${innerDoor}`);
  }
  const door = `.${specifier.slice(name.length)}`;
  if (!Object.hasOwn(sibling.manifest.exports ?? {}, door)) say(`${name} has no entry ${door}`);
  if (name === workspace.name) {
    if (inSource) say(`a package does not import itself by name (${specifier}); import the file`);
  } else if (consumers.includes(name)) {
    say(`nothing imports ${name}`);
  } else if (inSource && !isConsumer) {
    if (name === testsOnly) say(`only tests may import ${testsOnly}`);
    else if (!layers[workspace.name]?.includes(name)) say(`${workspace.name} may not import ${name}: not in its row`);
  }
}

/** Import circles between the source files of one package; `import type` leaves no trace at run time and is no part. */
function checkCycles({ workspace, graph, problems }) {
  const state = new Map();
  const path = [];
  const visit = (file) => {
    if (state.get(file) === "done") return;
    if (state.get(file) === "open") {
      const circle = [...path.slice(path.indexOf(file)), file];
      problems.push(`${workspace.dir}/${file}:1: files import each other in a circle: ${circle.join(" -> ")}`);
      return;
    }
    state.set(file, "open");
    path.push(file);
    for (const next of graph.get(file) ?? []) visit(next);
    path.pop();
    state.set(file, "done");
  };
  for (const file of graph.keys()) if (file.startsWith("src/")) visit(file);
}

function checkManifest({ workspace, used, problems }) {
  const at = `${workspace.dir}/package.json:1`;
  const row = layers[workspace.name];
  if (row === undefined && !consumers.includes(workspace.name)) {
    problems.push(`${at}: ${workspace.name} has no row in scripts/layers.mjs`);
  }
  // A package whose source is not there yet has nothing to agree with.
  if (!existsSync(join(workspace.path, "src", "index.ts"))) return;
  for (const name of Object.keys(workspace.manifest.dependencies ?? {})) {
    if (!used.has(name)) problems.push(`${at}: ${name} is a dependency that no source file imports`);
  }
}

/** The guards that need a build reach each package only through the dependencies of `scripts`. */
function checkGuarded(names, problems) {
  const scripts = names.get("scripts");
  if (scripts === undefined) return;
  for (const { name, manifest } of names.values()) {
    if (manifest.private || Object.hasOwn(scripts.manifest.devDependencies ?? {}, name)) continue;
    problems.push(
      `scripts/package.json:1: ${name} is missing from devDependencies, so it would not be packed and tried`,
    );
  }
}

function sourceFiles(path) {
  const entries = existsSync(path) ? readdirSync(path, { withFileTypes: true }) : [];
  const files = entries.filter((entry) => entry.isFile() && isSource(entry.name)).map((entry) => entry.name);
  for (const top of ["src", "test", "bin"]) {
    if (!existsSync(join(path, top))) continue;
    for (const entry of readdirSync(join(path, top), { withFileTypes: true, recursive: true })) {
      if (!entry.isFile() || !isSource(entry.name)) continue;
      const full = join(entry.parentPath ?? entry.path, entry.name);
      files.push(full.slice(path.length + 1).replaceAll("\\", "/"));
    }
  }
  return files.sort();
}

function isSource(name) {
  return /\.(ts|tsx|mts|mjs|js)$/.test(name) && !name.endsWith(".d.ts");
}

function isNodeModule(specifier) {
  return specifier.startsWith("node:") || builtinModules.includes(specifier);
}

function packageOf(specifier) {
  return specifier.split("/", specifier.startsWith("@") ? 2 : 1).join("/");
}

if (isMain(import.meta.url)) {
  const { problems, files } = checkLayers();
  for (const problem of problems) console.error(problem);
  console.log(`layers: ${files} files, ${problems.length} violations`);
  process.exitCode = problems.length === 0 ? 0 : 1;
}
