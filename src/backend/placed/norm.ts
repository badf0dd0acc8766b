/**
 * Batch normalization. By statistics that are given it is a few nodes of the loops around it, by those
 * of the batch a call.
 */

import type { ElementType } from '../../compiler/elementwise_ops.ts';
import { float32 } from '../../core/dtype.ts';
import { HeapNorm, HeapNormGradient, isNormalizable } from '../wasm/heap_norm.ts';
import type { Home } from './place.ts';
import {
  type Call,
  type Described,
  type ExpandedNode,
  type Expansion,
  type PlacedNode,
  placed,
  takesEmpty,
} from './registry.ts';

/** Whether images and rows with a number for each channel can be normalized. */
function areFloats({ attrs }: PlacedNode, x: Described, rows: readonly Described[]): boolean {
  const isRow = ({ shape }: Described) => shape.length === 1 && shape[0] === x.shape[3];
  if (!isNormalizable(x.shape, attrs)) return false;
  return [x, ...rows].every(({ dtype }) => dtype === float32) && rows.every(isRow);
}

/** By the statistics of the batch. */
function trained(node: PlacedNode): Call | null {
  const [x, scale, offset] = node.inputs as [Described, Described, Described];
  if (node.outputs.length !== 5 || !areFloats(node, x, [scale, offset])) return null;
  const work = new HeapNorm(x.shape, node.attrs.epsilon as number);
  return {
    role: 'call',
    reads: [0, 1, 2],
    writes: [],
    scratch: work.scratch,
    emit(inputs, outputs, _heap, room) {
      const [from, factor, shift] = inputs.map(({ home }) => home) as [Home, Home, Home];
      const [y, mean, estimate, saved, variance] = outputs.map(({ home }) => home) as Five;
      return () =>
        work.train(
          from.at,
          factor.at,
          shift.at,
          y.at,
          mean.at,
          estimate.at,
          saved.at,
          variance.at,
          room.at,
        );
    },
  };
}

type Five = [Home, Home, Home, Home, Home];

function gradient(node: PlacedNode): Call | null {
  const [dy, x, ...rows] = node.inputs as [Described, Described, ...Described[]];
  const { attrs } = node;
  if (dy.dtype !== float32 || dy.shape.join() !== x.shape.join()) return null;
  if (!areFloats(node, x, rows.slice(0, 3))) return null;
  const work = new HeapNormGradient(x.shape, attrs.epsilon as number, attrs.is_training as boolean);
  return {
    role: 'call',
    reads: [0, 1, 2, 3, 4],
    writes: [],
    scratch: work.scratch,
    emit(inputs, outputs, _heap, room) {
      const [change, from, factor, mean, variance] = inputs.map(({ home }) => home) as Five;
      const [dx, dScale, dOffset] = outputs.map(({ home }) => home) as [Home, Home, Home];
      return () =>
        work.run(
          change.at,
          from.at,
          factor.at,
          mean.at,
          variance.at,
          dx.at,
          dScale.at,
          dOffset.at,
          room.at,
        );
    },
  };
}

/** y = (x - mean) * (scale / sqrt(variance + epsilon)) + offset; the statistics are passed on. */
function normalized({ attrs, inputs, outputs }: PlacedNode): Expansion | null {
  if (attrs.data_format === 'NCHW') return null;
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

for (const version of ['', 'V2', 'V3']) {
  placed(`FusedBatchNorm${version}`, (node) =>
    node.attrs.is_training ? trained(node) : normalized(node),
  );
  // While it trains the statistics that it is given are empty, and so is what nothing flows to.
  takesEmpty(`FusedBatchNorm${version}`, `FusedBatchNormGrad${version}`);
}
for (const version of ['', 'V2']) placed(`FusedBatchNormGrad${version}`, gradient);
