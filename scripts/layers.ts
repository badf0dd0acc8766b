/**
 * The layers of `src`, and what breaks them. A folder imports folders of the layers below its own and
 * nothing else: two folders of one layer do not know each other.
 */

import { dirname, posix } from 'node:path';
import { type Import, packageOf } from './sources.ts';

/** From the bottom up. A file directly in `src` counts as a folder of that name. */
export const LAYERS: readonly (readonly string[])[] = [
  ['core'],
  ['compiler', 'formats', 'platform'],
  ['graph', 'numpy', 'backend'],
  ['ops'],
  ['gradients'],
  ['session', 'eager'],
  ['variables', 'control'],
  ['layers', 'losses', 'metrics', 'image', 'training', 'data', 'summary'],
  ['rnn', 'saved_model'],
  ['api'],
  ['index'],
  ['math', 'converter'],
  ['cli'],
];

/** Folders that may import less than their layer allows. */
export const ONLY: Record<string, readonly string[]> = { ops: ['core', 'numpy'] };

/** The one folder that may import each of these. Any other package must have one folder too. */
export const OWNERS: Record<string, string> = {
  '@tensorflow/tfjs-core': 'backend',
  '@tensorflow/tfjs-backend-cpu': 'backend',
  '@tensorflow/tfjs-backend-wasm': 'backend',
  '@tensorflow/tfjs-backend-webgl': 'backend',
  '@tensorflow/tfjs-backend-webgpu': 'backend',
  '@tensorflow/tfjs-converter': 'converter',
  mathjs: 'math',
};

/** Files (from the root, with `/`) and what each imports. */
export type ImportsOfFiles = ReadonlyMap<string, readonly Import[]>;

/** The folder of `src` a file belongs to, e.g. `ops` for `src/ops/math.ts`. */
export function folderOf(file: string): string {
  return file.split('/')[1]!.replace(/\.ts$/, '');
}

/** The file a relative import means, from the root, with `/`. */
export function fileOf(importer: string, target: string): string {
  return posix.join(dirname(importer), target);
}

/** One line for every import that a layer or an owner forbids, or that names a file that is not there. */
export function faultsOf(files: ImportsOfFiles): string[] {
  const faults: string[] = [];
  for (const [file, imports] of files) {
    const from = folderOf(file);
    if (layerOf(from) < 0) faults.push(`${file}: folder ${from} stands in no layer`);
    for (const { target, line } of imports) {
      const why = target.startsWith('.')
        ? faultOfFile(from, fileOf(file, target), files)
        : faultOfPackage(from, target);
      if (why) faults.push(`${file}:${line}: ${why}`);
    }
  }
  return [...faults, ...sharedPackages(files)];
}

/** The index of a folder's layer, `-1` if it stands in none. */
export function layerOf(folder: string): number {
  return LAYERS.findIndex((layer) => layer.includes(folder));
}

function faultOfFile(from: string, target: string, files: ImportsOfFiles): string | null {
  if (!target.startsWith('src/')) return `${target} is outside src`;
  if (!files.has(target)) return `${target} does not exist`;
  const to = folderOf(target);
  if (to === from) return null;
  const allowed = ONLY[from];
  if (allowed && !allowed.includes(to)) {
    return `src/${from} imports ${allowed.join(' and ')} only, not src/${to}`;
  }
  if (layerOf(to) < layerOf(from)) return null;
  const relation = layerOf(to) === layerOf(from) ? 'beside' : 'above';
  return `src/${from} may not import src/${to}, which is ${relation} it`;
}

function faultOfPackage(from: string, target: string): string | null {
  const name = packageOf(target);
  if (name === null) return 'import() of something that is not a literal cannot be checked';
  const owner = name.startsWith('node:') ? 'platform' : OWNERS[name];
  if (owner === undefined || owner === from) return null;
  return `only src/${owner} may import ${name}, not src/${from}`;
}

/** The folders that import each package from outside. */
export function packageFolders(files: ImportsOfFiles): Map<string, Set<string>> {
  const folders = new Map<string, Set<string>>();
  for (const [file, imports] of files) {
    for (const { target } of imports) {
      const name = packageOf(target);
      if (name) folders.set(name, (folders.get(name) ?? new Set()).add(folderOf(file)));
    }
  }
  return folders;
}

function sharedPackages(files: ImportsOfFiles): string[] {
  return [...packageFolders(files)]
    .filter(([name, folders]) => folders.size > 1 && !name.startsWith('node:') && !OWNERS[name])
    .map(([name, folders]) => `${name} is imported by ${[...folders].join(' and ')}, not by one`);
}

/**
 * The loops of files that import each other at run time, each as the files on its way. They make the
 * order in which modules are evaluated depend on who comes first.
 */
export function cyclesOf(files: ImportsOfFiles): string[][] {
  const cycles: string[][] = [];
  const state = new Map<string, 'open' | 'done'>();
  const path: string[] = [];
  const enter = (file: string): void => {
    if (state.get(file) === 'done') return;
    if (state.get(file) === 'open') {
      cycles.push([...path.slice(path.indexOf(file)), file]);
      return;
    }
    state.set(file, 'open');
    path.push(file);
    for (const { target, typeOnly, dynamic } of files.get(file) ?? []) {
      if (target.startsWith('.') && !typeOnly && !dynamic) enter(fileOf(file, target));
    }
    path.pop();
    state.set(file, 'done');
  };
  for (const file of files.keys()) enter(file);
  return cycles;
}

/** The layers from the top down: each folder with its files and the folders it imports. */
export function drawing(files: ImportsOfFiles): string {
  const lines: string[] = [];
  for (const [level, layer] of [...LAYERS.entries()].reverse()) {
    for (const folder of layer) {
      const own = [...files].filter(([file]) => folderOf(file) === folder);
      if (own.length === 0) continue;
      const uses = usesOf(own, folder);
      const size = `${own.length} ${own.length === 1 ? 'file' : 'files'}`;
      lines.push(`${String(level).padStart(4)}  ${folder.padEnd(13)}${size.padEnd(10)}${uses}`);
    }
  }
  return lines.join('\n');
}

function usesOf(own: readonly (readonly [string, readonly Import[]])[], folder: string): string {
  const uses = new Set<string>();
  for (const [file, imports] of own) {
    for (const { target } of imports) {
      const name = target.startsWith('.') ? folderOf(fileOf(file, target)) : packageOf(target);
      if (name && name !== folder) uses.add(name);
    }
  }
  const rank = (name: string) => (layerOf(name) < 0 ? LAYERS.length : layerOf(name));
  const sorted = [...uses].sort((a, b) => rank(a) - rank(b) || a.localeCompare(b));
  return sorted.length > 0 ? `-> ${sorted.join(' ')}` : '';
}
