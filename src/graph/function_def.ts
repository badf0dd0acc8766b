/** Functions as messages: the FunctionDefs of a GraphDef's library. */

import { group } from '../core/op.ts';
import {
  type FunctionDef,
  FunctionDefLibrary,
  FunctionDef as FunctionDefMessage,
} from '../formats/graph_messages.ts';
import type { GraphFunction } from './function_graph.ts';
import { nodeDefOf } from './graph_def.ts';
import type { SymbolicTensor } from './symbolic_tensor.ts';

/** The library of a graph; null where it is empty. */
export function functionLibrary(
  functions: ReadonlyMap<string, GraphFunction>,
): FunctionDefLibrary | null {
  if (functions.size === 0) return null;
  const all = [...functions.values()];
  return new FunctionDefLibrary({
    function: all.map(functionDef),
    gradient: all.flatMap(({ name, gradientName }) =>
      gradientName === null ? [] : [{ function_name: name, gradient_func: gradientName }],
    ),
  });
}

/** One function: as it was read, where it was. Nodes of bodies read `argument` or `node:output:index`. */
export function functionDef(f: GraphFunction): FunctionDef {
  if (f.definition) return f.definition;
  const names = new Map(f.inputs.map((input, i) => [input, f.inputNames[i]!]));
  const operations = f.graph._operations.filter(
    (operation) => !operation.outputs.some((output) => names.has(output)),
  );
  const nodes = operations.map((operation) => {
    const node = nodeDefOf(operation);
    const control = node.input.filter((input) => input.startsWith('^'));
    node.input = [...operation.inputs.map((input) => inputText(input, names)), ...control];
    return node;
  });
  const arg = (name: string, type: number) => ({ name, type });
  return new FunctionDefMessage({
    signature: {
      name: f.name,
      input_arg: f.inputs.map(({ dtype }, i) => arg(f.inputNames[i]!, dtype.as_datatype_enum)),
      output_arg: f.outputs.map(({ dtype }, i) =>
        arg(f.outputNames[i]!, dtype.base_dtype.as_datatype_enum),
      ),
      is_stateful: isStateful(f),
    },
    node_def: nodes,
    ret: Object.fromEntries(
      f.outputs.map((output, i) => [f.outputNames[i]!, inputText(output, names)]),
    ),
  });
}

/** How a node of a function's body names a tensor: by the output of the op, counted within it. */
function inputText(tensor: SymbolicTensor, names: ReadonlyMap<SymbolicTensor, string>): string {
  const argument = names.get(tensor);
  if (argument !== undefined) return argument;
  const { declaration, attrs, outputs, name } = tensor.op;
  const grouped = group(declaration.outputs, attrs, [...outputs]);
  for (const [k, member] of grouped.entries()) {
    const list = Array.isArray(member) ? member : [member];
    const index = list.indexOf(tensor);
    if (index >= 0) return `${name}:${declaration.outputs[k]!.name}:${index}`;
  }
  return tensor.name;
}

/** Whether the body has effects, or what it gives is not a function of its inputs alone. */
export function isStateful(f: GraphFunction): boolean {
  return f.graph._operations.some(({ declaration }) => declaration.stateful);
}
