/**
 * Optimizers whose step is one op. TF1 writes each step four times: for variables of both kinds, by
 * dense and by sparse gradients. Here a subclass names its op and that op's inputs once.
 */

import type { DType } from '../core/dtype.ts';
import type { IndexedSlices } from '../core/indexed_slices.ts';
import type { Attrs } from '../core/kernels.ts';
import type { Node, Tensor, TensorLike } from '../core/tensor.ts';
import { applyUpdate, type UpdateName } from '../ops/training.ts';
import { ResourceVariable } from '../variables/resource_variable.ts';
import type { Variable } from '../variables/variable.ts';
import { Optimizer } from './optimizer.ts';

/** One step of an optimizer's op, but for the variable and its gradient. */
export interface Step {
  /** The op, without `Apply`. */
  readonly op: UpdateName;
  /** The slots that it changes, by the names of its inputs. */
  readonly slots?: Readonly<Record<string, Variable>>;
  /** The numbers that it takes, by the names of its inputs. */
  readonly numbers: Readonly<Record<string, TensorLike>>;
  readonly attrs?: Attrs;
  /** What the op calls a dense gradient. */
  readonly gradient?: 'grad' | 'delta';
}

/** An optimizer that applies a gradient with one op. */
export abstract class FusedOptimizer extends Optimizer {
  /** The op and inputs for a step of `variable`, with numbers of the type `dtype`. @internal */
  abstract _step(variable: Variable, dtype: DType): Step;

  override _apply_dense(grad: Tensor, variable: Variable): Node {
    const step = this._step(variable, variable.dtype.base_dtype);
    return this.run(step, variable, { [step.gradient ?? 'grad']: grad });
  }

  override _resource_apply_dense(grad: Tensor, handle: Variable): Node {
    const step = this._step(handle, grad.dtype.base_dtype);
    return this.run(step, handle, { [step.gradient ?? 'grad']: grad });
  }

  override _apply_sparse({ values, indices }: IndexedSlices, variable: Variable): Node {
    const step = this._step(variable, variable.dtype.base_dtype);
    return this.run(step, variable, { grad: values, indices });
  }

  override _resource_apply_sparse(grad: Tensor, handle: Variable, indices: Tensor): Node {
    return this.run(this._step(handle, grad.dtype.base_dtype), handle, { grad, indices });
  }

  private run(
    { op, slots = {}, numbers, attrs = {} }: Step,
    variable: Variable,
    gradient: Readonly<Record<string, Tensor>>,
  ): Node {
    const resource = variable instanceof ResourceVariable;
    const inputs = Object.entries({ var: variable, ...slots }).map(
      ([name, slot]) => [name, slot._ref()] as const,
    );
    const use_locking = this._use_locking;
    return applyUpdate(
      op,
      { ...Object.fromEntries(inputs), ...numbers, ...gradient },
      { ...attrs, use_locking },
      { resource },
    );
  }
}
