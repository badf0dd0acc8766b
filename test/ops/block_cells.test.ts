/** Recurrent cells that are one op, against TensorFlow. */

import { testSamples } from './properties.ts';
import { blockCells } from './samples/block_cells.ts';

testSamples('block_cells', blockCells);
