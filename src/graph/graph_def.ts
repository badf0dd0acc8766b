/** A graph as TensorFlow's GraphDef: the nodes with their inputs and attributes. */

import { AttrValue, GraphDef, NodeDef } from '../formats/graph_messages.ts';
import { shapeProto } from '../formats/tensor_proto.ts';
import { attrValue } from './attr_values.ts';
import type { Operation } from './operation.ts';

/** The GraphDef version that TF 1.8 writes. */
export const PRODUCER = 26;

/** The graph of `operations`; `addShapes` notes the shapes of their outputs. */
export function graphDefOf(operations: readonly Operation[], addShapes: boolean): GraphDef {
  return new GraphDef({ node: operations.map((operation) => nodeDefOf(operation, addShapes)) });
}

/** The node of an operation. Inputs are `name`, `name:1`, and `^name` for control inputs. */
export function nodeDefOf(operation: Operation, addShapes = false): NodeDef {
  const control = operation.control_inputs.map((input) => `^${input.name}`).sort();
  return new NodeDef({
    name: operation.name,
    op: operation.type,
    input: [...operation.inputs.map((input) => input._inputName), ...control],
    device: operation.device,
    attr: attrsOf(operation, addShapes),
  });
}

function attrsOf(operation: Operation, addShapes: boolean): Record<string, AttrValue> {
  const attrs: Record<string, AttrValue> = {};
  const specs = new Map(operation.declaration.attrs.map((spec) => [spec.name, spec]));
  for (const [name, value] of Object.entries(operation.attrs)) {
    if (value !== undefined) attrs[name] = attrValue(value, specs.get(name));
  }
  for (const [name, value] of Object.entries(operation._foreign)) {
    if (Object.hasOwn(operation.attrs, name)) attrs[name] = value;
  }
  if (operation.colocation.length > 0)
    attrs._class = new AttrValue({ list: { s: operation.colocation_groups() } });
  if (addShapes && operation.outputs.length > 0) {
    const shape = operation.outputs.map((output) => shapeProto(output.dims));
    attrs._output_shapes = new AttrValue({ list: { shape } });
  }
  return attrs;
}
