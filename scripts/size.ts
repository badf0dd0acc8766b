/**
 * `npm run size`: how large everything is, and what is larger than the project's rules: files of more
 * than 500 lines, functions of more than 60, exports without a doc comment.
 */

import { existsSync, readdirSync } from 'node:fs';
import { readOptions } from './options.ts';
import { must } from './processes.ts';
import {
  lineOf,
  readSource,
  type Source,
  type SyntaxNode,
  typescriptFiles,
  walk,
} from './sources.ts';

const FILE_LINES = 500;
const FUNCTION_LINES = 60;
const FUNCTIONS = new Set([
  'FunctionDeclaration',
  'FunctionExpression',
  'ArrowFunctionExpression',
  'ClassMethod',
  'PrivateMethod',
  'MethodProperty',
  'GetterProperty',
  'Constructor',
]);

const { options } = readOptions({
  usage: 'size',
  about: 'Prints the sizes of the project and everything that is larger than its rules allow.',
  options: {
    check: { type: 'boolean', about: 'ends with 1 if something breaks a rule' },
    all: { type: 'boolean', about: 'counts the lines of every folder of src too' },
  },
});

const faults: string[] = [];
for (const folder of ['src', 'test', 'examples', 'benchmarks', 'scripts']) {
  if (!existsSync(folder)) continue;
  const files = typescriptFiles(folder).map((file) => [file, readSource(file)] as const);
  const lines = files.map(([, source]) => lineCount(source));
  const total = lines.reduce((sum, count) => sum + count, 0);
  console.log(`${folder.padEnd(12)}${files.length} files, ${total} lines`);
  if (options.all && folder === 'src') printFolders(files);
  for (const [file, source] of files) {
    faults.push(...longFile(file, source), ...longFunctions(file, source));
    if (folder === 'src') faults.push(...undocumented(file, source));
  }
}
console.log(`tarball     ${await tarball()}`);
for (const fault of faults) console.log(fault);
console.log(`${faults.length} places break a rule of size or documentation.`);
if (options.check && faults.length > 0) process.exitCode = 1;

function lineCount(source: Source): number {
  return source.text.split('\n').length - 1;
}

function printFolders(files: readonly (readonly [string, Source])[]): void {
  const byFolder = new Map<string, number>();
  for (const [file, source] of files) {
    const folder = file.split('/').slice(0, 2).join('/');
    byFolder.set(folder, (byFolder.get(folder) ?? 0) + lineCount(source));
  }
  for (const [folder, lines] of byFolder) console.log(`  ${folder.padEnd(18)}${lines}`);
}

function longFile(file: string, source: Source): string[] {
  const lines = lineCount(source);
  return lines > FILE_LINES ? [`${file}: ${lines} lines`] : [];
}

function longFunctions(file: string, source: Source): string[] {
  const faults: string[] = [];
  if (file.endsWith('.test.ts')) return faults;
  walk(source.tree, (node) => {
    if (!FUNCTIONS.has(node.type) || !node.span) return;
    const first = lineOf(source, node.span.start);
    const lines = lineOf(source, node.span.end) - first + 1;
    if (lines > FUNCTION_LINES) faults.push(`${file}:${first}: a function of ${lines} lines`);
  });
  return faults;
}

/**
 * Exports that no doc comment stands before. Re-exports and overloads after the first need none, nor
 * do declarations of ops, which TensorFlow documents under the same name; and one comment serves a
 * block of constants with no blank line in it.
 */
function undocumented(file: string, source: Source): string[] {
  const faults: string[] = [];
  const body = source.tree.body as SyntaxNode[];
  let previous = { name: '', constant: false, good: false };
  for (const [index, node] of body.entries()) {
    const declaration = node.type === 'ExportDeclaration' ? (node.declaration as SyntaxNode) : null;
    const name = declaration ? nameOf(declaration) : '';
    const constant = declaration?.type === 'VariableDeclaration';
    const start = index === 0 ? 1 : body[index - 1]!.span!.end;
    const before = source.bytes.subarray(start - 1, node.span!.start - 1).toString();
    const sameBlock = previous.constant && constant && !/\n\s*\n/.test(before);
    const inherits = previous.good && (sameBlock || name === previous.name);
    const own = source.bytes.subarray(node.span!.start - 1, node.span!.end - 1).toString();
    const isOp = /^export const (\w+) = \w+\(\s*'\1'/.test(own);
    const good = before.includes('/**') || inherits || isOp;
    if (name && !good) {
      faults.push(`${file}:${lineOf(source, node.span!.start)}: ${name} has no doc comment`);
    }
    previous = { name, constant, good };
  }
  return faults;
}

function nameOf(declaration: SyntaxNode): string {
  const [first] = (declaration.declarations as SyntaxNode[] | undefined) ?? [declaration];
  const identifier = (first!.identifier ?? first!.id) as SyntaxNode;
  return typeof identifier.value === 'string' ? identifier.value : 'a pattern';
}

/** The size of the package as npm packs it from what is in dist. */
async function tarball(): Promise<string> {
  if (!existsSync('dist') || readdirSync('dist').length === 0) {
    return 'unknown: there is no dist, run npm run build';
  }
  const text = await must('npm', ['pack', '--dry-run', '--json', '--ignore-scripts']);
  const report: unknown = JSON.parse(text);
  const [packed] = Object.values(report as Record<string, Packed>);
  const kilobytes = (bytes: number) => `${(bytes / 1024).toFixed(0)} kB`;
  return `${kilobytes(packed!.size)}, unpacked ${kilobytes(packed!.unpackedSize)}, ${packed!.entryCount} files`;
}

/** What `npm pack --json` says of a package. */
interface Packed {
  readonly size: number;
  readonly unpackedSize: number;
  readonly entryCount: number;
}
