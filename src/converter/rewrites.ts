/** Ops that tfjs does not have, said by those that it has. */

import { as_dtype } from '../core/dtype.ts';
import type { Literal } from '../core/tensor.ts';
import type { Operation } from '../graph/operation.ts';
import { type JsonAttr, typeJson } from './outgoing.ts';

/** Adds the nodes that one operation becomes; their `T` is its type, unless they say another one. */
export interface NodeMaker {
  /** A node beside the operation's; returns its name. */
  add(op: string, input: readonly string[], attr?: Readonly<Record<string, JsonAttr>>): string;
  /** The node that stands for the operation and has its name. */
  end(op: string, input: readonly string[], attr?: Readonly<Record<string, JsonAttr>>): void;
  /** A constant; returns its name. */
  constant(value: Literal): string;
}

/** Says one operation, whose inputs have these names, by other nodes. */
export type Rewrite = (make: NodeMaker, input: readonly string[], operation: Operation) => void;

const INT32 = as_dtype('int32');
const BOOL = typeJson(as_dtype('bool'));

const scalar = (value: number, like: Operation): Literal => {
  const dtype = like.outputs[0]!.dtype.base_dtype;
  return { dtype, shape: [], data: (dtype(value) as Literal).data };
};
const indices = (values: readonly number[]): Literal => ({
  dtype: INT32,
  shape: [values.length],
  data: Int32Array.from(values),
});
const integer = (value: number): Literal => ({
  dtype: INT32,
  shape: [],
  data: Int32Array.of(value),
});
const same =
  (op: string): Rewrite =>
  (make, input) =>
    make.end(op, input, op === 'AddN' ? { N: { i: String(input.length) } } : {});

/** `x / (1 + |x|)` */
const softsign: Rewrite = (make, [x], operation) => {
  const below = make.add('Add', [make.constant(scalar(1, operation)), make.add('Abs', [x!])]);
  make.end('RealDiv', [x!, below]);
};

/** `1 - erf(x)` */
const erfc: Rewrite = (make, [x], operation) =>
  make.end('Sub', [make.constant(scalar(1, operation)), make.add('Erf', [x!])]);

/** `sum(x * x) / 2` */
const l2Loss: Rewrite = (make, [x], operation) => {
  const flat = make.add('Reshape', [make.add('Square', [x!]), make.constant(indices([-1]))]);
  const sum = make.add('Sum', [flat, make.constant(indices([0]))], { keep_dims: { b: false } });
  make.end('Mul', [sum, make.constant(scalar(0.5, operation))]);
};

/** A condition with one axis chooses rows; tfjs would line it up with the last axis, so it is made whole. */
const select: Rewrite = (make, [condition, a, b], { inputs }) => {
  const rank = inputs[1]!.dims?.length ?? 0;
  const rows = inputs[0]!.dims?.length === 1 && rank > 1;
  const ones = new Array<number>(Math.max(0, rank - 1)).fill(1);
  const column = () =>
    make.add('Reshape', [condition!, make.constant(indices([-1, ...ones]))], { T: BOOL });
  const nowhere = () => make.add('Less', [a!, a!]);
  const chosen = rows ? make.add('LogicalOr', [column(), nowhere()]) : condition!;
  make.end('Select', [chosen, a!, b!]);
};

/** tfjs counts this axis from the front only. */
const fromFront =
  (op: string): Rewrite =>
  (make, [x, axis], { inputs, attrs }) => {
    const given = inputs[1]!.constant?.data[0];
    const rank = inputs[0]!.dims?.length;
    const known = typeof given === 'number' && given < 0 && rank !== undefined;
    const counted = known ? make.constant(integer(given + rank)) : axis!;
    const attr = {
      exclusive: { b: attrs.exclusive === true },
      reverse: { b: attrs.reverse === true },
    };
    make.end(op, [x!, counted], attr);
  };

/** Rows of a variable, which is a constant here. */
const gather: Rewrite = (make, [table, rows], { inputs, outputs }) =>
  make.end('GatherV2', [table!, rows!, make.constant(integer(0))], {
    Tparams: typeJson(outputs[0]!.dtype),
    Tindices: typeJson(inputs[1]!.dtype),
    Taxis: typeJson(INT32),
  });

/** How each op that tfjs lacks is said. */
export const REWRITES: ReadonlyMap<string, Rewrite> = new Map([
  ['AccumulateNV2', same('AddN')],
  ['BiasAddV1', same('Add')],
  ['CheckNumerics', same('Identity')],
  ['Cumprod', fromFront('Cumprod')],
  ['Cumsum', fromFront('Cumsum')],
  ['DeepCopy', same('Identity')],
  ['Erfc', erfc],
  ['GuaranteeConst', same('Identity')],
  ['Inv', same('Reciprocal')],
  ['L2Loss', l2Loss],
  ['LogicalXor', same('NotEqual')],
  ['PreventGradient', same('Identity')],
  ['RefIdentity', same('Identity')],
  ['ResourceGather', gather],
  ['Rint', same('Round')],
  ['Select', select],
  ['Softsign', softsign],
]);
