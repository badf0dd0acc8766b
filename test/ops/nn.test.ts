/** Every property of ops, over the samples of neural network ops. */

import { testSamples } from './properties.ts';
import { nn } from './samples/nn.ts';

testSamples('nn', nn);
