/** Patterns of file names: `*`, `?` and `[a-z]` match within one part of a path, `\` quotes. */

import { fileSystem } from './files.ts';
import { onFile } from './system_errors.ts';

const SPECIAL = /[*?[\\]/;

/** The files and directories that `pattern` matches, sorted; none where there is no such directory. */
export function matchingPaths(pattern: string): string[] {
  if (!SPECIAL.test(pattern)) return exists(pattern) ? [pattern] : [];
  const parts = pattern.split('/');
  const firstSpecial = parts.findIndex((part) => SPECIAL.test(part));
  // TensorFlow begins at '.' where the first part is a pattern already.
  const start = firstSpecial === 0 ? '.' : parts.slice(0, firstSpecial).join('/') || '/';
  let found = [start];
  for (const part of parts.slice(firstSpecial)) {
    found = found.flatMap((directory) => children(directory, part));
  }
  return found.sort();
}

function children(directory: string, part: string): string[] {
  const inside = (name: string) => (directory === '/' ? `/${name}` : `${directory}/${name}`);
  if (!SPECIAL.test(part)) return exists(inside(part)) ? [inside(part)] : [];
  if (!isDirectory(directory)) return [];
  const matches = matcher(part);
  const names = onFile(directory, () => fileSystem().readdirSync(directory));
  return names.filter((name) => matches.test(name)).map(inside);
}

/** Whether there is a file or directory of this name. */
export function exists(path: string): boolean {
  return fileSystem().existsSync(path);
}

/** Whether there is a directory of this name. */
export function isDirectory(path: string): boolean {
  return fileSystem().statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

/** The regular expression of one part of a pattern, as C's fnmatch reads it. */
function matcher(part: string): RegExp {
  let text = '';
  for (let i = 0; i < part.length; i++) {
    const c = part[i]!;
    const end =
      c === '['
        ? part.indexOf(']', part[i + 1] === '!' || part[i + 1] === '^' ? i + 3 : i + 2)
        : -1;
    if (c === '*') {
      if (part[i - 1] !== '*') text += '.*';
    } else if (c === '?') text += '.';
    else if (end > 0) {
      text += setOf(part.slice(i + 1, end));
      i = end;
    } else {
      if (c === '\\' && i + 1 < part.length) i++;
      text += quoted(part[i]!);
    }
  }
  return new RegExp(`^${text}$`, 's');
}

function setOf(text: string): string {
  const negated = text.startsWith('!') || text.startsWith('^');
  const members = text.slice(negated ? 1 : 0);
  let set = '';
  for (let i = 0; i < members.length; i++) {
    if (members[i + 1] === '-' && i + 2 < members.length) {
      const [low, high] = [members[i]!, members[i + 2]!];
      if (low <= high) set += `${quoted(low)}-${quoted(high)}`;
      i += 2;
    } else set += quoted(members[i]!);
  }
  return set === '' ? (negated ? '.' : '(?!)') : `[${negated ? '^' : ''}${set}]`;
}

function quoted(c: string): string {
  return /[\w\s]/.test(c) ? c : `\\${c}`;
}
