/** Reductions, scans, segments and sequences against TensorFlow. */

import { testSamples } from './properties.ts';
import { reduce } from './samples/reduce.ts';

testSamples('reduce', reduce);
