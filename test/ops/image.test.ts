/** Ops on images against TensorFlow. */

import { testSamples } from './properties.ts';
import { pictures } from './samples/image.ts';

testSamples('image', pictures);
