/** Matrix products and linear algebra against TensorFlow. */

import { testSamples } from './properties.ts';
import { linear } from './samples/linear.ts';

testSamples('linear', linear);
