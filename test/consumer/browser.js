/**
 * `node browser.js BUNDLE [FOLDER]`: makes this process look like a page (what only Node has is gone,
 * a window is there), evaluates a bundle in it and prints its exports as JSON. `fetch` serves the files
 * of one folder, or fails without one.
 */

import { readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const { argv, exit } = process;
const [bundle, folder] = argv.slice(2);
const url = pathToFileURL(resolve(bundle)).href;
const location = new URL('https://example.org/page/index.html');

for (const name of ['process', 'Buffer', 'global', 'setImmediate', 'SharedArrayBuffer']) {
  delete globalThis[name];
}
delete WebAssembly.instantiateStreaming; // it wants Node's Response, which wants Node's globals
Object.assign(globalThis, {
  window: globalThis,
  self: globalThis,
  location,
  document: {
    location,
    baseURI: location.href,
    currentScript: null,
    createElement: () => ({ getContext: () => null }),
  },
  fetch: async (target) => {
    if (!folder) throw new TypeError(`Failed to fetch ${target}`);
    const bytes = readFileSync(join(folder, basename(new URL(target, location).pathname)));
    return { ok: true, arrayBuffer: async () => new Uint8Array(bytes).buffer };
  },
});

console.log(JSON.stringify(await import(url)));
exit(0);
