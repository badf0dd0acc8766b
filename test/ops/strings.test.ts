/** The string functions and the checks against TensorFlow. */

import { testSamples } from './properties.ts';
import { strings } from './samples/strings.ts';

testSamples('strings', strings);
