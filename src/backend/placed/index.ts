/** All translations, registered by being imported. */

import './conv.ts';
import './elementwise.ts';
import './matmul.ts';
import './norm.ts';
import './one_hot.ts';
import './pool.ts';
import './reductions.ts';
import './rows.ts';
import './shapes.ts';
import './softmax.ts';
import './variables.ts';

export { elementTypeOf } from './elementwise.ts';
export { isPlaceable, placeAt, placeBytes } from './place.ts';
export * from './registry.ts';
