/**
 * `npm run soak`: many random graphs in both tiers, and a great many runs of small ones, after which
 * memory has to be as it was. A child process, which may collect garbage when it likes, does the work.
 */

import { fileURLToPath } from 'node:url';
import { readOptions } from './options.ts';
import { Failed, run, typescriptArgs } from './processes.ts';

const { options } = readOptions({
  usage: 'soak',
  about:
    'Compares specialised runs of random graphs with general ones, and looks for memory that runs leave behind.',
  options: {
    graphs: { type: 'string', about: 'how many random graphs, 2000 unless said' },
    runs: { type: 'string', about: 'how many runs of each small graph, 1000000 unless said' },
    seed: { type: 'string', about: 'the seed of the graphs, 1 unless said' },
    only: {
      type: 'string',
      about: 'one kind of graphs: plain, gradients, training, open or loops',
    },
  },
});

function whole(text: string, name: string): string {
  const number = Number(text);
  if (Number.isSafeInteger(number) && number >= 0) return text;
  throw new Failed(`--${name} is a whole number, not '${text}'`);
}

const words = [
  whole(options.graphs ?? '2000', 'graphs'),
  whole(options.runs ?? '1000000', 'runs'),
  whole(options.seed ?? '1', 'seed'),
  options.only ?? '',
];
const worker = fileURLToPath(new URL('soak_worker.ts', import.meta.url));
const { code } = await run(process.execPath, ['--expose-gc', ...typescriptArgs(worker, ...words)], {
  show: true,
  limit: 6 * 3600,
});
if (code !== 0) process.exitCode = 1;
