/** The order of test files: tiny.test.ts first, because it shows the whole idea; then the slowest. */

import { basename } from 'node:path';
import Sequencer from '@jest/test-sequencer';

/** jest's own order, slowest first, with the smallest test in front. */
export class TinyFirst extends Sequencer {
  /** The tests in the order they start. */
  sort(tests) {
    const rank = (test) => (basename(test.path) === 'tiny.test.ts' ? 0 : 1);
    return super.sort(tests).sort((a, b) => rank(a) - rank(b));
  }
}

export default TinyFirst;
