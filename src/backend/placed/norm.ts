/** Batch normalization with known statistics: a few nodes of the loops around it. */

import type { ElementType } from '../../compiler/elementwise_ops.ts';
import { float32 } from '../../core/dtype.ts';
import { type ExpandedNode, type Expansion, type PlacedNode, placed } from './registry.ts';

/** y = (x - mean) * (scale / sqrt(variance + epsilon)) + offset; the statistics are passed on. */
function normalized({ attrs, inputs, outputs }: PlacedNode): Expansion | null {
  if (attrs.is_training || attrs.data_format === 'NCHW') return null;
  if (!inputs.every(({ dtype }) => dtype === float32)) return null;
  const [{ shape }, ...perChannel] = inputs as [(typeof inputs)[0], ...typeof inputs];
  if (!perChannel.every((x) => x.shape.length === 1 && x.shape[0] === shape.at(-1))) return null;
  const nodes: ExpandedNode[] = [];
  const add = (op: string, args: readonly number[], over: readonly number[], value?: number) => {
    const node = value === undefined ? { op } : { op, value, type: 'float32' as ElementType };
    return inputs.length + nodes.push({ node, args, shape: over }) - 1;
  };
  const [x, scale, offset, mean, variance] = [0, 1, 2, 3, 4];
  const channels = perChannel[0]!.shape;
  const epsilon = add('Const', [], channels, attrs.epsilon as number);
  const root = add('Rsqrt', [add('Add', [variance, epsilon], channels)], channels);
  const factor = add('Mul', [root, scale], channels);
  const centered = add('Sub', [x, mean], shape);
  const y = add('Add', [add('Mul', [centered, factor], shape), offset], shape);
  const results = [y, mean, variance, mean, variance];
  // The third version has room for more, which is of no use here.
  if (outputs.length > results.length) results.push(add('Const', [], [], 0));
  return { role: 'expansion', nodes, outputs: results };
}

for (const version of ['', 'V2', 'V3']) placed(`FusedBatchNorm${version}`, normalized);
