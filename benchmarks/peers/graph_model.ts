/** A graph of ours as a model of tfjs-converter, so that its executor runs the very same nodes. */

import { type GraphModel, loadGraphModelSync } from '@tensorflow/tfjs-converter';
// The union package is the only bundle for Node that registers tfjs's gradients.
import '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-wasm';
import * as tfjs from '@tensorflow/tfjs-core';
import * as tf from 'tf1';

type NodeDef = ReturnType<tf.Graph['as_graph_def']>['node'][number];

/** The model of the nodes that `outputs` need. */
export function graphModel(graph: tf.Graph, outputs: readonly tf.Tensor[]): GraphModel {
  const nodes = needed(
    graph.as_graph_def().node,
    outputs.map((output) => output.op.name),
  );
  const constants = nodes
    .filter((node) => node.op === 'Const')
    .map((node) => ({ node, value: tf.make_ndarray(node.attr.value!.tensor) }));
  const weightSpecs = constants.map(({ node, value }) => ({
    name: node.name,
    shape: [...value.shape],
    dtype: value.dtype.name as 'float32' | 'int32',
  }));
  const bytes = constants.flatMap(({ value }) => {
    const { buffer, byteOffset, byteLength } = value.data as Float32Array;
    return [...new Uint8Array(buffer, byteOffset, byteLength)];
  });
  return loadGraphModelSync({
    load: () => ({
      modelTopology: { node: nodes.map(plainNode), versions: { producer: 134 } },
      format: 'graph-model',
      weightSpecs,
      weightData: Uint8Array.from(bytes).buffer,
    }),
  } as Parameters<typeof loadGraphModelSync>[0]) as GraphModel;
}

function needed(nodes: readonly NodeDef[], roots: readonly string[]): NodeDef[] {
  const byName = new Map(nodes.map((node) => [node.name, node]));
  const found = new Set<string>();
  const pending = [...roots];
  for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
    if (found.has(name)) continue;
    found.add(name);
    for (const input of byName.get(name)!.input)
      pending.push(input.replace(/^\^/, '').replace(/:\d+$/, ''));
  }
  return nodes.filter((node) => found.has(node.name));
}

/** A node in the JSON that tfjs reads: text is base64, and Const values are weights. */
function plainNode(node: NodeDef): object {
  const attr = Object.entries(node.attr)
    .filter(([name]) => name !== 'value')
    .map(([name, value]) => [name, plainAttr(value)] as const);
  return { name: node.name, op: node.op, input: node.input, attr: Object.fromEntries(attr) };
}

function plainAttr(attr: NodeDef['attr'][string]): object {
  const member = attr.WhichOneof('value') as 's' | 'list' | 'shape' | 'i' | 'f' | 'b' | 'type';
  if (member === 's') return { s: btoa(new TextDecoder().decode(attr.s)) };
  const sizes = (shape: typeof attr.shape) => ({
    dim: shape.dim.map(({ size }) => ({ size: Number(size) })),
    unknownRank: shape.unknown_rank,
  });
  if (member === 'shape') return { shape: sizes(attr.shape) };
  if (member !== 'list') return { [member]: attr[member] };
  const { i, f, b, type, s, shape } = attr.list;
  const text = s.map((bytes) => btoa(new TextDecoder().decode(bytes)));
  return { list: { i, f, b, type, s: text, shape: shape.map(sizes) } };
}

export { tfjs };
