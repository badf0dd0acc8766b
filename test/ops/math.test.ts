/** Functions of one tensor, complex numbers and special functions against TensorFlow. */

import { testSamples } from './properties.ts';
import { math } from './samples/math.ts';

testSamples('math', math);
