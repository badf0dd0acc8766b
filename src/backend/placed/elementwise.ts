/** Element-wise ops: nodes of fused loops, wherever the generator knows them for the types at hand. */

import { type ElementType, type RegionNode, resultType } from '../../compiler/elementwise_ops.ts';
import { bool, type DType, float32, int32 } from '../../core/dtype.ts';
import { type Elementwise, type PlacedNode, placed } from './registry.ts';

/** The type of generated code that computes with `dtype`. */
export function elementTypeOf(dtype: DType): ElementType | null {
  if (dtype === float32) return 'float32';
  if (dtype === int32) return 'int32';
  return dtype === bool ? 'bool' : null;
}

/** The loop's node `node` over inputs `args`, if code for it can be generated that gives the output's type. */
export function elementwise(
  { inputs, outputs }: PlacedNode,
  node: Elementwise['node'],
  args: readonly number[] = inputs.map((_, i) => i),
): Elementwise | null {
  const types = args.map((i) => elementTypeOf(inputs[i]!.dtype));
  const result = elementTypeOf(outputs[0]!.dtype);
  if (result === null || types.some((type) => type === null)) return null;
  const given = resultType({ ...node, inputs: args }, types as ElementType[]);
  return given === result ? { role: 'elementwise', node, args } : null;
}

const TYPES =
  `Abs Add AddV2 Ceil Div Elu EluGrad Equal Exp Expm1 Floor Greater GreaterEqual Inv InvGrad IsFinite
  IsInf IsNan Less LessEqual Log Log1p LogicalAnd LogicalNot LogicalOr Maximum Minimum Mul Neg
  NotEqual Pow RealDiv Reciprocal ReciprocalGrad Relu Relu6 Relu6Grad ReluGrad Rint Round
  Rsqrt RsqrtGrad Selu SeluGrad Sigmoid SigmoidGrad Sign Softplus SoftplusGrad Softsign
  SoftsignGrad Sqrt SqrtGrad Square SquaredDifference Sub Tanh TanhGrad`.split(/\s+/);

for (const type of TYPES) placed(type, (node) => elementwise(node, { op: type }));
for (const type of ['ZerosLike', 'OnesLike']) {
  placed(type, (node) => elementwise(node, { op: type, ...typed(node) }, []));
}
placed('AddN', (node) =>
  node.inputs.length === 1 ? { role: 'alias', input: 0 } : elementwise(node, { op: 'AddN' }),
);
for (const type of ['LeakyRelu', 'LeakyReluGrad']) {
  placed(type, (node) => elementwise(node, { op: type, value: node.attrs.alpha as number }));
}
placed('Cast', (node) => elementwise(node, { op: 'Cast', ...typed(node) }));

/** The type that ops without operands of it give. */
function typed({ outputs }: PlacedNode): Pick<RegionNode, 'type'> {
  const given = elementTypeOf(outputs[0]!.dtype);
  return given ? { type: given } : {};
}

// A bias in NHWC order is a row that broadcasting repeats.
for (const type of ['BiasAdd', 'BiasAddV1']) {
  placed(type, (node) =>
    node.attrs.data_format === 'NCHW' ? null : elementwise(node, { op: 'Add' }),
  );
}

// The condition of TF1's Select has the shape of its operands, or selects rows.
placed('Select', (node) => {
  const [condition, x] = node.inputs.map(({ shape }) => shape.join());
  return condition === x || condition === '' ? elementwise(node, { op: 'Select' }) : null;
});
