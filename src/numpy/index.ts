/** NumPy's part: arrays, what becomes one, and how they are printed and stored. */

export { Complex } from './complex.ts';
export { type Item, itemAt, NdArray } from './ndarray.ts';
export { asArray, toLiteral } from './nested.ts';
export { array_repr, array_str, type PrintOptions } from './print.ts';

import { registerLiterals } from '../core/convert.ts';
import { toLiteral } from './nested.ts';

registerLiterals(toLiteral);

export { readNpy, writeNpy } from './npy.ts';
export { readNpz, writeNpz } from './npz.ts';
export { sizeOf } from './shapes.ts';
