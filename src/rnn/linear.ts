/** A linear map of several tensors at once, whose variables are those of the scope that it is made in. */

import { with_ } from '../core/context.ts';
import { int32 } from '../core/dtype.ts';
import { ValueError } from '../core/errors.ts';
import type { Tensor } from '../core/tensor.ts';
import { concat } from '../ops/array.ts';
import { constant } from '../ops/constant.ts';
import { constant_initializer } from '../ops/initializers.ts';
import { matmul } from '../ops/linear.ts';
import { bias_add } from '../ops/nn/bias.ts';
import { get_variable } from '../variables/get_variable.ts';
import { get_variable_scope, variable_scope } from '../variables/scope_stack.ts';
import type { Variable } from '../variables/variable.ts';

/** `concat(args) * kernel + bias`, with a `kernel` and a `bias` in the current variable scope. */
export class Linear {
  private readonly kernel: Variable;
  private readonly bias: Variable;

  /** Makes the variables for tensors like `args`. ValueError where one is no matrix of known depth. */
  constructor(args: readonly Tensor[], outputs: number) {
    const depth = args.reduce((sum, arg) => sum + depthOf(arg, args), 0);
    const { dtype } = args[0]!;
    const [kernel, bias] = with_(variable_scope(get_variable_scope()), (outer) => {
      const made = get_variable('kernel', [depth, outputs], { dtype });
      const inner = with_(variable_scope(outer), (scope) => {
        scope.set_partitioner(null);
        return get_variable('bias', [outputs], {
          dtype,
          initializer: constant_initializer(0, { dtype }),
        });
      });
      return [made, inner] as const;
    });
    this.kernel = kernel;
    this.bias = bias;
  }

  /** The map of `args`. */
  of(args: readonly Tensor[]): Tensor {
    const joined = args.length === 1 ? args[0]! : concat([...args], constant(1, int32));
    return bias_add(matmul(joined, this.kernel), this.bias);
  }
}

/** The map of `args` to `outputs` numbers, with its variables in the current scope. */
export function linear(args: readonly Tensor[], outputs: number): Tensor {
  return new Linear(args, outputs).of(args);
}

function depthOf(arg: Tensor, args: readonly Tensor[]): number {
  const { shape } = arg;
  if (shape.ndims !== 2) {
    throw new ValueError(`linear is expecting 2D arguments: [${args.map((x) => x.shape)}]`);
  }
  const depth = shape.at(1).value;
  if (depth !== null) return depth;
  throw new ValueError(`linear expects shape[1] to be provided for shape ${shape}, but saw ?`);
}
