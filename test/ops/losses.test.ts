/** `tf.losses` against TensorFlow. */

import { testSamples } from './properties.ts';
import { losses } from './samples/losses.ts';

testSamples('losses', losses);
