// What one TypeScript file imports and which names of the world it uses, by its syntax tree.
import ts from "typescript";

/** Parses a file; `text` is its content. */
export function parse(file, text) {
  const kind = file.endsWith(".tsx") ? ts.ScriptKind.TSX : ts.ScriptKind.TS;
  return ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true, kind);
}

/** Lists the imports of a parsed file as { specifier, typeOnly, line }. */
export function importsOf(source) {
  const found = [];
  const add = (literal, typeOnly) => {
    if (literal === undefined || !ts.isStringLiteralLike(literal)) return;
    found.push({ specifier: literal.text, typeOnly, line: lineOf(source, literal) });
  };
  const visit = (node) => {
    if (ts.isImportDeclaration(node)) {
      // `import { type A }` keeps a run-time import of the file under verbatimModuleSyntax; only `import type` does not.
      add(node.moduleSpecifier, node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword);
    } else if (ts.isExportDeclaration(node)) {
      add(node.moduleSpecifier, node.isTypeOnly);
    } else if (ts.isImportTypeNode(node)) {
      add(node.argument.literal, true);
    } else if (ts.isCallExpression(node) && isImporter(node.expression)) {
      add(node.arguments[0], false);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/** Lists uses of the given global names ("Atomics", "Date.now") as { name, line }; a name the file declares is its own. */
export function globalsUsed(source, names) {
  const found = [];
  const own = declaredNames(source);
  const visit = (node) => {
    const name = globalNameAt(node, own);
    if (name !== null) {
      const hit = names.find((wanted) => wanted === name || wanted === memberOf(node, name));
      if (hit !== undefined) found.push({ name: hit, line: lineOf(source, node) });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/**
 * Statements of an index.ts that do not belong there, as { line, text }. What belongs: named re-exports, and a bare
 * import of a file that has to be evaluated when the package is loaded.
 */
export function notReExports(source) {
  const isNamed = (node) =>
    ts.isExportDeclaration(node) && node.moduleSpecifier && node.exportClause && ts.isNamedExports(node.exportClause);
  const isBare = (node) =>
    ts.isImportDeclaration(node) && node.importClause === undefined && node.moduleSpecifier.text.startsWith("./");
  const others = source.statements.filter((node) => !isNamed(node) && !isBare(node));
  return others.map((node) => ({ line: lineOf(source, node), text: node.getText(source).split("\n")[0] }));
}

function isImporter(expression) {
  if (expression.kind === ts.SyntaxKind.ImportKeyword) return true;
  return ts.isIdentifier(expression) && expression.text === "require";
}

function lineOf(source, node) {
  return source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1;
}

/** The global name this node stands for, or null: a free identifier, or `globalThis.name`. */
function globalNameAt(node, own) {
  if (!ts.isIdentifier(node)) return null;
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent) && parent.name === node) {
    return ts.isIdentifier(parent.expression) && parent.expression.text === "globalThis" ? node.text : null;
  }
  // `{ process: 1 }`, `interface { process: … }`, `A.process` in a type: names of members, not of the world.
  const isMemberName = parent.name === node && !ts.isShorthandPropertyAssignment(parent);
  if (isMemberName || (ts.isQualifiedName(parent) && parent.right === node)) return null;
  if (ts.isBindingElement(parent) && parent.propertyName === node) return null;
  return own.has(node.text) ? null : node.text;
}

/** For `Date` in `Date.now` the text "Date.now"; otherwise undefined. */
function memberOf(node, name) {
  const access = ts.isPropertyAccessExpression(node.parent) && node.parent.name === node ? node.parent : node;
  const { parent } = access;
  const isOwner = ts.isPropertyAccessExpression(parent) && parent.expression === access;
  return isOwner ? `${name}.${parent.name.text}` : undefined;
}

// A name declared anywhere in the file counts as the file's own: scopes would be more exact, but a file that declares a
// local `process` and uses the global one as well deserves a second look from a person anyway.
function declaredNames(source) {
  const names = new Set();
  const visit = (node) => {
    const declares =
      ts.isVariableDeclaration(node) ||
      ts.isParameter(node) ||
      ts.isBindingElement(node) ||
      ts.isFunctionDeclaration(node) ||
      ts.isClassDeclaration(node) ||
      ts.isInterfaceDeclaration(node) ||
      ts.isTypeAliasDeclaration(node) ||
      ts.isTypeParameterDeclaration(node) ||
      ts.isImportSpecifier(node) ||
      ts.isImportClause(node) ||
      ts.isNamespaceImport(node);
    if (declares && node.name !== undefined && ts.isIdentifier(node.name)) names.add(node.name.text);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return names;
}
