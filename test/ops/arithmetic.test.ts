/** Arithmetic, comparisons, selection, casts and bitwise ops against TensorFlow. */

import { testSamples } from './properties.ts';
import { arithmetic } from './samples/arithmetic.ts';

testSamples('arithmetic', arithmetic);
