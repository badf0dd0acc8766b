/** Quantized numbers against TensorFlow. */

import { testSamples } from './properties.ts';
import { quantized } from './samples/quantized.ts';

testSamples('quantized', quantized);
