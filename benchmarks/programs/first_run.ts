/**
 * The first steps of a small network in this process: prints the milliseconds from an empty graph to the end of
 * the first step, or those of the step with a given number. `first_run.ts tf1|tfjs NUMBER`.
 */

import * as tf from 'tf1';
import { eagerTraining, trainingOf } from '../peers/networks.ts';
import { session } from '../peers/program.ts';

const [library, number] = process.argv.slice(2);
const SIZES = [32, 32, 10];
const BATCH = 16;

void tf;
let start = performance.now();
const runner =
  library === 'tf1'
    ? await session(() => trainingOf(SIZES, BATCH, 'Adam'))()
    : eagerTraining(SIZES, BATCH, 'Adam');
for (let i = 1; i <= Number(number); i++) {
  if (i > 1) start = performance.now();
  runner.step?.();
}
console.log(performance.now() - start);
process.exit(0);
