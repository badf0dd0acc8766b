/** Paths as texts, by the rules of Python's os.path where the separator is `/`. */

/** What stands before the last `/`; empty where there is none. */
export function dirname(path: string): string {
  const head = path.slice(0, path.lastIndexOf('/') + 1);
  return /[^/]/.test(head) ? head.replace(/\/+$/, '') : head;
}

/** What stands behind the last `/`. */
export function basename(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** Whether a path begins at the root. */
export function isAbsolute(path: string): boolean {
  return path.startsWith('/');
}

/** `path` inside of `directory`; `path` itself if it is absolute. */
export function join(directory: string, path: string): string {
  if (isAbsolute(path) || directory === '') return path;
  return directory.endsWith('/') ? directory + path : `${directory}/${path}`;
}

/** The parts of a path from the root, without `.` and `..`. */
function partsOf(path: string): string[] {
  const parts: string[] = [];
  for (const part of join(globalThis.process?.cwd?.() ?? '/', path).split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return parts;
}

/** The way from the directory `start` to `path`. */
export function relative(path: string, start: string): string {
  const [from, to] = [partsOf(start), partsOf(path)];
  let shared = 0;
  while (shared < from.length && shared < to.length && from[shared] === to[shared]) shared++;
  const up = from.slice(shared).map(() => '..');
  return [...up, ...to.slice(shared)].join('/') || '.';
}
