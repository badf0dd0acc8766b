/**
 * The optimizers' ops. Each comes in four forms: on a variable's reference or its resource handle,
 * with a dense gradient or with rows and their indices. One row of the table declares all of them.
 */

import { mergeDims } from '../core/dims.ts';
import type { Attrs } from '../core/kernels.ts';
import { type AnyOp, applyOp, op, registry } from '../core/op.ts';
import type { Dims, Name, Node, Static, TensorLike } from '../core/tensor.ts';

interface Row {
  readonly slots: readonly string[];
  /** The other inputs in order; `grad` (or `delta`) is the gradient. Types are T unless said. */
  readonly args: readonly string[];
  readonly attrs?: readonly string[];
  /** What the gradient is called in the dense form. */
  readonly gradient?: string;
  readonly denseOnly?: boolean;
}

const ROWS: Readonly<Record<string, Row>> = {
  Adadelta: { slots: ['var', 'accum', 'accum_update'], args: ['lr', 'rho', 'epsilon', 'grad'] },
  Adagrad: { slots: ['var', 'accum'], args: ['lr', 'grad'], attrs: ['update_slots: bool = true'] },
  AdagradDA: {
    slots: ['var', 'gradient_accumulator', 'gradient_squared_accumulator'],
    args: ['grad', 'lr', 'l1', 'l2', 'global_step: int64'],
  },
  Adam: {
    slots: ['var', 'm', 'v'],
    args: ['beta1_power', 'beta2_power', 'lr', 'beta1', 'beta2', 'epsilon', 'grad'],
    attrs: ['use_nesterov: bool = false'],
    denseOnly: true,
  },
  AdaMax: {
    slots: ['var', 'm', 'v'],
    args: ['beta1_power', 'lr', 'beta1', 'beta2', 'epsilon', 'grad'],
    denseOnly: true,
  },
  CenteredRMSProp: {
    slots: ['var', 'mg', 'ms', 'mom'],
    args: ['lr', 'rho', 'momentum', 'epsilon', 'grad'],
  },
  Ftrl: { slots: ['var', 'accum', 'linear'], args: ['grad', 'lr', 'l1', 'l2', 'lr_power'] },
  FtrlV2: {
    slots: ['var', 'accum', 'linear'],
    args: ['grad', 'lr', 'l1', 'l2', 'l2_shrinkage', 'lr_power'],
  },
  GradientDescent: { slots: ['var'], args: ['alpha', 'grad'], gradient: 'delta', denseOnly: true },
  Momentum: {
    slots: ['var', 'accum'],
    args: ['lr', 'grad', 'momentum'],
    attrs: ['use_nesterov: bool = false'],
  },
  ProximalAdagrad: { slots: ['var', 'accum'], args: ['lr', 'l1', 'l2', 'grad'] },
  ProximalGradientDescent: {
    slots: ['var'],
    args: ['alpha', 'l1', 'l2', 'grad'],
    gradient: 'delta',
  },
  RMSProp: { slots: ['var', 'ms', 'mom'], args: ['lr', 'rho', 'momentum', 'epsilon', 'grad'] },
};

/** The name of an optimizer's update, as its ops end: `Adam`, `Momentum`. */
export type UpdateName = keyof typeof ROWS;

function declareForms(name: string, row: Row): void {
  for (const resource of [false, true]) {
    for (const sparse of row.denseOnly ? [false] : [false, true]) {
      const type = `${resource ? 'Resource' : ''}${sparse ? 'Sparse' : ''}Apply${name}`;
      op<readonly string[], readonly string[], readonly string[]>(type, {
        inputs: [
          ...row.slots.map((slot) => `${slot}: ${resource ? 'resource' : 'Ref(T)'}`),
          ...row.args.flatMap((arg) => inputs(arg, row, sparse)),
        ],
        outputs: resource ? [] : ['out: Ref(T)'],
        attrs: [
          'T: numbertype',
          ...(sparse ? ['Tindices: {int32, int64}'] : []),
          'use_locking: bool = false',
          ...(row.attrs ?? []),
        ],
        shape: (given) => slotDims(row, given as Readonly<Record<string, Static>>),
        stateful: true,
      }).gradient(null);
    }
  }
}

function inputs(arg: string, row: Row, sparse: boolean): string[] {
  if (arg !== 'grad') return [arg.includes(':') ? arg : `${arg}: T`];
  return sparse ? ['grad: T', 'indices: Tindices'] : [`${row.gradient ?? 'grad'}: T`];
}

/** The variable's shape, which its slots share. */
function slotDims(row: Row, given: Readonly<Record<string, Static>>): Dims {
  let dims: Dims = null;
  for (const slot of row.slots) {
    const { handleData, dims: own } = given[slot]!;
    dims = mergeDims(
      dims,
      handleData ? handleData.dims : given[slot]!.dtype.is_numpy_compatible ? own : null,
    );
  }
  return dims;
}

for (const [name, row] of Object.entries(ROWS)) declareForms(name, row);

/**
 * Calls the op that applies update `name`: `Apply`, `SparseApply` where `inputs` has indices, and
 * their resource forms where the variable is given as a handle.
 */
export function applyUpdate(
  name: UpdateName,
  inputs: Readonly<Record<string, TensorLike>>,
  attrs: Attrs = {},
  options: { resource?: boolean; name?: Name } = {},
): Node {
  const form = `${options.resource ? 'Resource' : ''}${'indices' in inputs ? 'Sparse' : ''}Apply${name}`;
  const declaration: AnyOp | undefined = registry.get(form);
  if (!declaration) throw new TypeError(`There is no op '${form}'.`);
  return applyOp(declaration, inputs, attrs, options.name ?? null);
}
