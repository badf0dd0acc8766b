/**
 * `npm run build`: src becomes dist. tsc writes the declarations; esbuild joins the modules of each entry
 * into one file, and what entries share into another, because Node takes longer to find two hundred
 * small files than to read them. A type of tfjs in a public .d.ts would make users check tfjs's types, which
 * do not hold under TypeScript 7, so it fails the build.
 */

import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, posix, sep } from 'node:path';
import { build, type Plugin } from 'esbuild';
import { readOptions } from './options.ts';
import { Failed, must } from './processes.ts';
import { importsOf, packageOf, readSource, typescriptFiles, walk } from './sources.ts';

/** Packages whose types users may meet: `tf1/math` takes and gives matrices of mathjs. */
const TYPED_PACKAGES = ['mathjs'];

/** What package.json says of one way into the package. */
interface Entry {
  readonly 'tf1-src': string;
  readonly types: string;
  /** What Node gets. */
  readonly node: string;
  /** What browsers get, and bundlers. */
  readonly default?: string;
}

/** The program that package.json's `bin` names, which only Node runs and which nobody imports. */
const PROGRAM = { output: './dist/node/cli.js', source: './src/cli/bin.ts' };

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
await joinModules('default', []);
await joinModules('node', [requireTfjs()]);
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

/** Joins for one condition. All files are in one folder, so `..` of each is dist, as of a source it is src. */
async function joinModules(condition: 'default' | 'node', plugins: Plugin[]): Promise<void> {
  const outputs = entries.flatMap((entry) => {
    const output = entry[condition];
    return output === undefined ? [] : [{ output, source: entry['tf1-src'] }];
  });
  if (condition === 'node') outputs.push(PROGRAM);
  await build({
    entryPoints: Object.fromEntries(
      outputs.map(({ output, source }) => [posix.basename(output, '.js'), source]),
    ),
    outdir: posix.dirname(outputs[0]!.output),
    chunkNames: '[name]-[hash]',
    bundle: true,
    splitting: true,
    packages: 'external',
    format: 'esm',
    platform: 'neutral',
    target: 'es2022',
    logLevel: 'error',
    plugins,
  });
}

/**
 * Lets Node `require` tfjs. To `import` its CommonJS files Node first reads them for what they export,
 * which takes three times as long as to run them.
 */
function requireTfjs(): Plugin {
  const namespace = 'required';
  return {
    name: 'require-tfjs',
    setup(built) {
      built.initialOptions.banner = {
        js: "import { createRequire } from 'node:module';\nconst require = createRequire(import.meta.url);",
      };
      built.onResolve({ filter: /^@tensorflow\/tfjs-(core|backend-\w+)$/ }, ({ path, kind }) =>
        kind === 'require-call' ? { path, external: true } : { path, namespace },
      );
      built.onLoad({ filter: /./, namespace }, ({ path }) => ({
        contents: `module.exports = require(${JSON.stringify(path)});`,
      }));
    },
  };
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
 * Takes out of a declaration what users need not have: names that nothing in it uses, `import 'x'` where
 * x declares nothing for other modules, and `implements X`, whose members may be `@internal` on one side and gone.
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
  const used = withoutUnused(kept);
  if (used !== text) writeFileSync(file, used);
}

/** Without the names that only `@internal` members mentioned, which `stripInternal` took out. */
function withoutUnused(text: string): string {
  return text.replace(
    /^import (type )?\{([^}]*)\} from ([^;\n]+);\n/gm,
    (line, type: string | undefined, names: string, source: string) => {
      const rest = text.replace(line, '');
      const wanted = names
        .split(',')
        .map((name) => name.trim())
        .filter((name) => new RegExp(`\\b${name.split(' ').at(-1)}\\b`).test(rest));
      return wanted.length === 0
        ? ''
        : `import ${type ?? ''}{ ${wanted.join(', ')} } from ${source};\n`;
    },
  );
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
