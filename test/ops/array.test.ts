/** The array functions against TensorFlow. */

import { testSamples } from './properties.ts';
import { array } from './samples/array.ts';

testSamples('array', array);
