/** Switches and merges. An output that is `null` is dead: the runner skips what reads it. */

import { int32 } from '../../core/dtype.ts';
import type { Kernel, Value } from '../../core/kernels.ts';
import { kernel } from '../registry.ts';

const choose: Kernel = ([data, pred], _attrs, context) => {
  const taken = data!.dtype._is_ref_dtype
    ? context.handle(data!.dtype, context.cell(data!))
    : context.view(data!, data!.shape);
  const isTrue = Number(pred!.data[0]) !== 0;
  return (isTrue ? [null, taken] : [taken, null]) as readonly Value[];
};
kernel('Switch', choose);
kernel('RefSwitch', choose);

const take: Kernel = (inputs, _attrs, context) => {
  const at = inputs.findIndex((input) => (input ?? null) !== null);
  const value = inputs[at]!;
  return [context.view(value, value.shape), context.wrap(int32, [], Int32Array.of(at))];
};
kernel('Merge', take);
kernel('RefMerge', take);
