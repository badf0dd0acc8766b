/** What only a feed or a constant gives a value. */

import { dimsText } from '../../core/dims.ts';
import { type DType, kernelName } from '../../core/dtype.ts';
import { InvalidArgumentError } from '../../core/errors.ts';
import type { Kernel } from '../../core/kernels.ts';
import type { Dims } from '../../core/tensor.ts';
import { kernel } from '../registry.ts';

const unfed: Kernel = (_, { dtype, shape }, { nodeName }) => {
  const type = kernelName(dtype as DType);
  const withShape = shape === null ? '' : ` and shape ${dimsText(shape as Dims)}`;
  throw new InvalidArgumentError(
    null,
    null,
    `You must feed a value for placeholder tensor '${nodeName}' with dtype ${type}${withShape}`,
  );
};
kernel('Placeholder', unfed);
kernel('PlaceholderV2', unfed);

kernel('PlaceholderWithDefault', ([input], _, context) => context.view(input!, input!.shape));
