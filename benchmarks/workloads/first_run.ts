/** The first steps of a small network in a fresh process, after the imports: building, planning, and the third, which makes a plan of its own. */

import { freshFile } from '../peers/fresh_process.ts';
import type { Workload } from '../workload.ts';

const step = (library: 'tf1' | 'tfjs', number: number) =>
  freshFile('first_run', library, String(number));

export const workload: Workload = {
  about: 'first Adam steps of a 32-32-10 network in a fresh process, after the imports',
  contenders: {
    'tf1 build and first step': step('tf1', 1),
    'tf1 second step': step('tf1', 2),
    'tf1 third step': step('tf1', 3),
    'tf1 fourth step': step('tf1', 4),
    'tfjs build and first step': step('tfjs', 1),
    'tfjs second step': step('tfjs', 2),
  },
};
