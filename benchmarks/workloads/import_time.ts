/** How long a fresh process takes to import the package, and tfjs, until each can compute. */

import { freshProgram } from '../peers/fresh_process.ts';
import type { Workload } from '../workload.ts';

/** A program that prints how long its imports take. */
const importing = (names: readonly string[], ready = '') =>
  freshProgram(`
    const start = performance.now();
    ${names.map((name, i) => `const module${i} = await import('${name}');`).join('\n')}
    ${ready}
    console.log(performance.now() - start);
    process.exit(0);`);

const tfjs = ['@tensorflow/tfjs-core', '@tensorflow/tfjs-backend-wasm'];
const wasm = "await module0.setBackend('wasm');";

export const workload: Workload = {
  about: 'import in a fresh process, with the wasm backend ready',
  contenders: {
    tf1: importing(['tf1']),
    'tfjs core, wasm': importing(tfjs, wasm),
    'tfjs core, wasm, converter': importing([...tfjs, '@tensorflow/tfjs-converter'], wasm),
    'tfjs union, wasm': importing(['@tensorflow/tfjs', tfjs[1]!], wasm),
  },
};
