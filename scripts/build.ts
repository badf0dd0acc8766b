/**
 * `npm run build`: src becomes dist. tsc writes the declarations; esbuild joins the modules of each entry
 * into one file, and what entries share into another, because Node takes longer to find two hundred
 * small files than to read them. A type of tfjs in a public .d.ts would make users check tfjs's types, which
 * do not hold under TypeScript 7, so it fails the build.
 */

import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, posix, sep } from 'node:path';
import { build } from 'esbuild';
import { readOptions } from './options.ts';
import { Failed, must } from './processes.ts';
import { importsOf, packageOf, readSource, typescriptFiles, walk } from './sources.ts';

/** Packages whose types users may meet: `tf1/math` takes and gives matrices of mathjs. */
const TYPED_PACKAGES = ['mathjs'];

/** What package.json says of one way into the package. */
interface Entry {
  readonly 'tf1-src': string;
  readonly types: string;
  readonly default: string;
}

const { options } = readOptions({
  usage: 'build',
  about: 'Compiles src to dist (.js and .d.ts) and checks that no foreign type is in a .d.ts.',
  options: { quiet: { type: 'boolean', about: 'prints only what is wrong' } },
});

const entries = entriesOfPackage();
rmSync('dist', { recursive: true, force: true });
await must(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json']);
const declarations = declarationsOf(entries.map((entry) => posix.normalize(entry.types)));
for (const file of filesOf('dist', '.d.ts')) if (!declarations.has(file)) rmSync(file);
await joinModules();
checkDeclarations();
restoreClassNames();
if (!options.quiet) {
  console.log(`dist: ${filesOf('dist', '.js').length} .js and ${declarations.size} .d.ts files`);
}

/** The entries that package.json's `exports` name and whose source is there. */
function entriesOfPackage(): Entry[] {
  const { exports } = JSON.parse(readFileSync('package.json', 'utf8')) as {
    exports: Record<string, Entry | string>;
  };
  return Object.values(exports).filter(
    (entry): entry is Entry => typeof entry !== 'string' && existsSync(entry['tf1-src']),
  );
}

/** All files are in one folder, so that `..` of each is dist, as it is src of each source. */
async function joinModules(): Promise<void> {
  const entryPoints = Object.fromEntries(
    entries.map((entry) => [posix.basename(entry.default, '.js'), entry['tf1-src']]),
  );
  await build({
    entryPoints,
    outdir: posix.dirname(entries[0]!.default),
    chunkNames: '[name]-[hash]',
    bundle: true,
    splitting: true,
    packages: 'external',
    format: 'esm',
    platform: 'neutral',
    target: 'es2022',
    logLevel: 'error',
  });
}

function checkDeclarations(): void {
  const faults = [...declarations].flatMap(([file, packages]) =>
    packages
      .filter((name) => !TYPED_PACKAGES.includes(name))
      .map((name) => `${file}: a type of ${name} is in a public declaration`),
  );
  if (faults.length > 0) throw new Failed(faults.join('\n'));
}

/**
 * esbuild writes `var X = class _X` for a class that mentions itself, and users would see the name `_X`:
 * it becomes X again, as it was in the source. Of two classes with one name it renames one, and that
 * cannot be undone.
 */
function restoreClassNames(): void {
  const known = new Set(typescriptFiles('src').flatMap(classNames));
  for (const file of filesOf('dist', '.js')) {
    const changed = classNames(file).filter((name) => !known.has(name));
    const lost = changed.filter((name) => !known.has(name.replace(/^_/, '')));
    if (lost.length > 0) throw new Failed(`Two classes of src share a name: ${lost.join(', ')}.`);
    const inner = new RegExp(`\\b(?:${changed.join('|')})\\b`, 'g');
    const text = readFileSync(file, 'utf8');
    if (changed.length > 0)
      writeFileSync(
        file,
        text.replace(inner, (name) => name.slice(1)),
      );
  }
}

function classNames(file: string): string[] {
  const names: string[] = [];
  walk(readSource(file).tree, ({ type, identifier }) => {
    if (type !== 'ClassDeclaration' && type !== 'ClassExpression') return;
    if (identifier) names.push(String(Reflect.get(identifier as object, 'value')));
  });
  return names;
}

/** Every declaration file that the entries lead to, with the foreign packages it names. */
function declarationsOf(entries: readonly string[]): Map<string, string[]> {
  const found = new Map<string, string[]>();
  const open = [...entries];
  for (let file = open.pop(); file; file = open.pop()) {
    if (found.has(file)) continue;
    simplify(file);
    const targets = importsOf(readSource(file)).map((one) => one.target);
    found.set(
      file,
      targets.map(packageOf).filter((name) => name !== null),
    );
    for (const target of targets) if (target.startsWith('.')) open.push(declared(file, target));
  }
  return found;
}

/**
 * Takes out of a declaration what users need not have: `import 'x'` where x declares nothing for other
 * modules, and `implements X`, whose members may be `@internal` on one side and gone.
 */
function simplify(file: string): void {
  const text = readFileSync(file, 'utf8');
  const kept = text
    .replace(/^import ['"]([^'"]+)['"];\n/gm, (line, target: string) =>
      target.startsWith('.') && augments(declared(file, target), new Set()) ? line : '',
    )
    .replace(
      /^((?:export )?(?:declare )?(?:abstract )?class [^{\n]*?) implements [^{\n]+\{/gm,
      '$1 {',
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

function filesOf(folder: string, ending: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith(ending))
    .map((name) => join(folder, name).split(sep).join('/'));
}
