/** What a GraphDef holds, as imports take it: nodes with values of attributes, and functions. */

import { as_dtype } from '../core/dtype.ts';
import { ValueError } from '../core/errors.ts';
import type { FunctionDef, GraphDef, NodeDef } from '../formats/graph_messages.ts';
import { valueOfAttr } from './attr_values.ts';
import type { ImportFunction } from './import_functions.ts';
import type { ImportNode } from './import_graph_def.ts';

/** The nodes, and the functions that they call. */
export interface GraphParts {
  readonly nodes: readonly ImportNode[];
  readonly functions: readonly ImportFunction[];
}

/** The parts of `graphDef`. ValueError where they make no sense. */
export function partsOf(graphDef: GraphDef): GraphParts {
  const { function: functions, gradient } = graphDef.library;
  const gradients = new Map(gradient.map((g) => [g.function_name, g.gradient_func]));
  return {
    nodes: graphDef.node.map(importNodeOf),
    functions: functions.map((f) => functionOf(f, gradients)),
  };
}

/** One node. */
export function importNodeOf({ name, op, input, device, attr }: NodeDef): ImportNode {
  const values: Record<string, unknown> = Object.create(null);
  for (const [key, value] of Object.entries(attr)) values[key] = valueOfAttr(value);
  return { name, op, input, device, attr: values, source: attr };
}

function functionOf(
  definition: FunctionDef,
  gradients: ReadonlyMap<string, string>,
): ImportFunction {
  if (!definition.HasField('signature')) {
    throw new ValueError('A function of the file has no signature.');
  }
  const { signature, node_def, ret } = definition;
  return {
    name: signature.name,
    inputs: signature.input_arg.map(({ name, type }) => ({ name, dtype: as_dtype(type) })),
    outputs: signature.output_arg.map(({ name }) => name),
    outputTypes: signature.output_arg.map(({ type }) => as_dtype(type)),
    stateful: signature.is_stateful,
    nodes: node_def.map(importNodeOf),
    ret,
    gradientName: gradients.get(signature.name) ?? null,
    definition,
  };
}
