/**
 * A graph of ours as an ONNX model, so that onnxruntime computes the same: forward only, with constants
 * for weights. Images are [batch, channels, height, width] there, so what convolutions and pools take and
 * give stays in that order until an operation wants ours.
 */

import * as tf from 'tf1';
import {
  type AttributeFields,
  modelBytes,
  type NodeFields,
  type TensorFields,
  type ValueInfoFields,
} from './onnx_messages.ts';
import { RULES } from './onnx_rules.ts';
import type { Program } from './program.ts';

const FLOAT = 1;
const INT64 = 7;

/** The bytes of the model of a program, and the names of its inputs and its output. */
export interface OnnxModel {
  readonly bytes: Uint8Array;
  readonly inputs: readonly string[];
  readonly output: string;
}

/** The model of what the first fetch of `program` needs. */
export function onnxModel(graph: tf.Graph, program: Program): OnnxModel {
  const [fetch] = program.fetches as [tf.Tensor];
  const model = new ModelInProgress(graph);
  const feeds = program.feed_dict ?? [];
  const input = feeds.map(([tensor, { shape }]) => model.addFeed(tensor, shape));
  const output = model.read(fetch);
  const bytes = modelBytes({
    ir_version: 8,
    opset_import: [{ domain: '', version: 17 }],
    graph: {
      name: 'graph',
      node: model.nodes,
      initializer: model.initializers,
      input,
      output: [valueInfo(output, fetch.shape.as_list() as number[])],
    },
  });
  return { bytes, inputs: input.map(({ name }) => name), output };
}

/** The order of a value's dimensions: TensorFlow's, or with the channels before height and width. */
type Order = 'ours' | 'channels first';

/** A model while it grows: rules add nodes to it. */
export class ModelInProgress {
  readonly nodes: NodeFields[] = [];
  readonly initializers: TensorFields[] = [];
  readonly #graph: tf.Graph;
  readonly #names = new Map<tf.Tensor, Map<Order, string>>();
  #count = 0;

  constructor(graph: tf.Graph) {
    this.#graph = graph;
  }

  /** Makes `tensor` an input of the model. */
  addFeed(tensor: tf.Tensor, shape: readonly number[]): ValueInfoFields {
    this.give(tensor, tensor.op.name);
    return valueInfo(tensor.op.name, shape);
  }

  /** Says which value of the model `tensor` is. */
  give(tensor: tf.Tensor, name: string, order: Order = 'ours'): void {
    const names = this.#names.get(tensor) ?? new Map();
    this.#names.set(tensor, names.set(order, name));
  }

  /** Whether `tensor` is there with its channels first. */
  isChannelsFirst(tensor: tf.Tensor): boolean {
    return this.#namesOf(tensor).has('channels first');
  }

  /** The value of `tensor` in an order of its dimensions, which a node makes where it is not there. */
  read(tensor: tf.Tensor, order: Order = 'ours'): string {
    const names = this.#namesOf(tensor);
    const known = names.get(order);
    if (known !== undefined) return known;
    const perm = order === 'ours' ? [0, 2, 3, 1] : [0, 3, 1, 2];
    const name = this.node('Transpose', [[...names.values()][0]!], { perm });
    names.set(order, name);
    return name;
  }

  /** Adds a node of one output and gives the name of that. */
  node(type: string, inputs: readonly string[], attributes: Attributes = {}): string {
    return this.nodeOf(1, type, inputs, attributes)[0]!;
  }

  /** Adds a node of several outputs and gives their names. */
  nodeOf(
    outputs: number,
    type: string,
    inputs: readonly string[],
    attributes: Attributes = {},
  ): string[] {
    const output = Array.from({ length: outputs }, () => `value${this.#count++}`);
    const attribute = Object.entries(attributes).map(([name, value]) => attributeOf(name, value));
    const name = `node${this.#count++}`;
    this.nodes.push({ input: [...inputs], output, name, op_type: type, attribute });
    return output;
  }

  /** Adds float32 numbers. */
  floats(data: Float32Array, dims: readonly number[]): string {
    return this.#initializer(new Uint8Array(data.slice().buffer), dims, FLOAT);
  }

  /** Adds a list of integers. */
  integers(values: readonly number[]): string {
    const data = BigInt64Array.from(values, BigInt);
    return this.#initializer(new Uint8Array(data.buffer), [values.length], INT64);
  }

  /** What a tensor is that depends on no feed. */
  constant(tensor: tf.Tensor): tf.NdArray {
    const value = tf.with(new tf.Session('', this.#graph), (sess) => sess.run(tensor));
    const Data = tensor.dtype === tf.float32 ? Float32Array : Int32Array;
    const data = value.data ?? Data.of(value);
    return new tf.NdArray(tensor.dtype, tensor.shape.as_list() as number[], data);
  }

  /** The integers of a tensor that depends on no feed. */
  constantIntegers(tensor: tf.Tensor): number[] {
    return [...(this.constant(tensor).data as Int32Array)];
  }

  #initializer(raw_data: Uint8Array, dims: readonly number[], data_type: number): string {
    const name = `constant${this.#count++}`;
    this.initializers.push({ name, dims: [...dims], data_type, raw_data });
    return name;
  }

  /** Translates what `tensor` needs, without recursion, for chains are long. */
  #namesOf(tensor: tf.Tensor): Map<Order, string> {
    const pending = [tensor];
    for (let next = pending.at(-1); next; next = pending.at(-1)) {
      const missing = this.#isKnown(next)
        ? []
        : (next.op.inputs as readonly tf.Tensor[]).filter((input) => !this.#isKnown(input));
      pending.push(...missing);
      if (missing.length > 0) continue;
      pending.pop();
      if (!this.#isKnown(next)) this.#translate(next.op as tf.Operation);
    }
    return this.#names.get(tensor)!;
  }

  #isKnown(tensor: tf.Tensor): boolean {
    return this.#names.has(tensor);
  }

  #translate(operation: tf.Operation): void {
    const rule = RULES[operation.type];
    if (!rule) throw new Error(`There is no rule that makes ONNX of ${operation.type}`);
    rule(this, operation);
  }
}

/** What an attribute may be; whole numbers are integers, others say that they are floats. */
type Attributes = Readonly<Record<string, number | string | readonly number[] | { f: number }>>;

function attributeOf(name: string, value: Attributes[string]): AttributeFields {
  if (typeof value === 'number') return { name, i: value, type: 2 };
  if (typeof value === 'string') return { name, s: new TextEncoder().encode(value), type: 3 };
  return 'f' in value
    ? { name, f: value.f, type: 1 }
    : { name, ints: [...(value as readonly number[])], type: 7 };
}

function valueInfo(name: string, shape: readonly number[]): ValueInfoFields {
  const dim = shape.map((dim_value) => ({ dim_value }));
  return { name, type: { tensor_type: { elem_type: FLOAT, shape: { dim } } } };
}
