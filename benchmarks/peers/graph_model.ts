/** A graph of ours as a model of tfjs-converter, so that its executor runs the very same nodes. */

import { type GraphModel, loadGraphModelSync } from '@tensorflow/tfjs-converter';
import * as tf from 'tf1';
import type { Contenders } from '../workload.ts';
import { checkAgainstSession, type Program } from './program.ts';
import { eager, tfjs } from './tfjs.ts';

export { tfjs };

type NodeDef = ReturnType<tf.Graph['as_graph_def']>['node'][number];

/** The program that `build` makes of constants and one fetch, run by tfjs-converter's executor. */
export function converted(build: () => Program): Contenders[string] {
  return () => {
    const graph = new tf.Graph();
    const program = tf.with(graph.as_default(), build);
    const [output] = program.fetches as [tf.Tensor];
    const model = graphModel(graph, [output]);
    const runner = eager(() => {
      const feeds = (program.feed_dict ?? []).map(
        ([{ op }, { data, shape }]) =>
          [op.name, tfjs.tensor(data as Float32Array, [...shape])] as const,
      );
      return model.execute(Object.fromEntries(feeds), output.op.name) as tfjs.Tensor;
    });
    checkAgainstSession('GraphModel', graph, program, runner.step());
    return runner;
  };
}

/** The model of the nodes that `outputs` need. */
export function graphModel(graph: tf.Graph, outputs: readonly tf.Tensor[]): GraphModel {
  const names = outputs.map((output) => output.op.name);
  const nodes = tf.graph_util.extract_sub_graph(graph.as_graph_def(), names).node;
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
