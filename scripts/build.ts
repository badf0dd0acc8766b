/**
 * `npm run build`: src becomes dist, a .js and a .d.ts for each file that a user can reach. A type of
 * a package below us in a public .d.ts would make users install and check that package's types, so it
 * fails the build.
 */

import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, posix, sep } from 'node:path';
import { readOptions } from './options.ts';
import { must } from './processes.ts';
import { importsOf, packageOf, readSource } from './sources.ts';

/** The package.json of the project, as far as the scripts look into it. */
interface Manifest {
  readonly exports: Record<string, string | { readonly types: string; readonly default: string }>;
}

const { options } = readOptions({
  usage: 'build',
  about: 'Compiles src to dist (.js and .d.ts) and checks that no foreign type is in a .d.ts.',
  options: { quiet: { type: 'boolean', about: 'prints only what is wrong' } },
});

rmSync('dist', { recursive: true, force: true });
await must(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json']);
const reachable = declarationsOf(entryDeclarations());
const removed = distFiles('.d.ts').filter((file) => !reachable.has(file));
for (const file of removed) rmSync(file);
const faults = [...reachable].flatMap(([file, packages]) =>
  packages.map((name) => `${file}: a type of ${name} is in a public declaration`),
);
for (const fault of faults) console.error(fault);
if (faults.length > 0) process.exit(1);
if (!options.quiet) {
  console.log(`dist: ${distFiles('.js').length} .js and ${reachable.size} .d.ts files`);
}

/** The declaration files that package.json's `exports` name; those whose source is still to come are left out. */
function entryDeclarations(): string[] {
  const { exports } = JSON.parse(readFileSync('package.json', 'utf8')) as Manifest;
  return Object.values(exports)
    .flatMap((entry) => (typeof entry === 'string' ? [] : [posix.normalize(entry.types)]))
    .filter((file) => existsSync(file));
}

/** Every declaration file that the entries lead to, with the foreign packages it names. */
function declarationsOf(entries: readonly string[]): Map<string, string[]> {
  const found = new Map<string, string[]>();
  const open = [...entries];
  for (let file = open.pop(); file; file = open.pop()) {
    if (found.has(file)) continue;
    dropBareImports(file);
    const targets = importsOf(readSource(file)).map((one) => one.target);
    found.set(
      file,
      targets.map(packageOf).filter((name) => name !== null),
    );
    for (const target of targets) if (target.startsWith('.')) open.push(declared(file, target));
  }
  return found;
}

/** Takes `import 'x'` out of a declaration where x declares nothing for other modules. */
function dropBareImports(file: string): void {
  const text = readFileSync(file, 'utf8');
  const kept = text.replace(/^import ['"]([^'"]+)['"];\n/gm, (line, target: string) =>
    target.startsWith('.') && augments(declared(file, target), new Set()) ? line : '',
  );
  if (kept !== text) writeFileSync(file, kept);
}

/** Whether a declaration file, or one it imports, adds members to another module. */
function augments(file: string, seen: Set<string>): boolean {
  if (seen.has(file)) return false;
  seen.add(file);
  const source = readSource(file);
  if (/^declare (module|global)/m.test(source.text)) return true;
  return importsOf(source)
    .filter(({ target }) => target.startsWith('.'))
    .some(({ target }) => augments(declared(file, target), seen));
}

/** The declaration file that `file` means by `target`. */
function declared(file: string, target: string): string {
  return posix.join(posix.dirname(file), target.replace(/(\.d)?\.[tj]s$/, '.d.ts'));
}

function distFiles(ending: string): string[] {
  return readdirSync('dist', { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith(ending))
    .map((name) => join('dist', name).split(sep).join('/'));
}
