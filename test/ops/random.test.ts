/** The properties of every op, for the random ops. */

import { testSamples } from './properties.ts';
import { random } from './samples/random.ts';

testSamples('random', random);
