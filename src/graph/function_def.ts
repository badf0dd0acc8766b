/** Functions as plain data: the FunctionDefs of a GraphDef's library. */

import { protoName } from '../core/dtype.ts';
import { group } from '../core/op.ts';
import type { GraphFunction } from './function_graph.ts';
import type { AttrValue, NodeDef } from './graph_def.ts';
import { GraphDefBuilder } from './graph_def.ts';
import type { SymbolicTensor } from './symbolic_tensor.ts';

/** One argument or result. */
export interface ArgDef {
  readonly name: string;
  readonly type: string;
}

/** One function. Nodes read `argument` or `node:output:index`. */
export interface FunctionDef {
  readonly signature: {
    readonly name: string;
    readonly inputArg: readonly ArgDef[];
    readonly outputArg: readonly ArgDef[];
    readonly isStateful: boolean;
  };
  readonly nodeDef: readonly NodeDef[];
  readonly ret: Readonly<Record<string, string>>;
  readonly attr: Readonly<Record<string, AttrValue>>;
}

/** The functions of a graph, and which is the gradient of which. */
export interface FunctionDefLibrary {
  readonly function: readonly FunctionDef[];
  readonly gradient: readonly {
    readonly functionName: string;
    readonly gradientFunc: string;
  }[];
}

/** Writes the library of a graph; `undefined` where it is empty. */
export function functionLibrary(
  functions: ReadonlyMap<string, GraphFunction>,
): FunctionDefLibrary | undefined {
  if (functions.size === 0) return undefined;
  const all = [...functions.values()];
  return {
    function: all.map(functionDef),
    gradient: all.flatMap(({ name, gradientName }) =>
      gradientName === null ? [] : [{ functionName: name, gradientFunc: gradientName }],
    ),
  };
}

/** Writes one function. */
export function functionDef(f: GraphFunction): FunctionDef {
  const names = new Map(f.inputs.map((input, i) => [input, f.inputNames[i]!]));
  const operations = f.graph._operations.filter(
    (operation) => !operation.outputs.some((output) => names.has(output)),
  );
  const nodes = new GraphDefBuilder(false).build(operations).node;
  return {
    signature: {
      name: f.name,
      inputArg: f.inputs.map(({ dtype }, i) => ({
        name: f.inputNames[i]!,
        type: protoName(dtype),
      })),
      outputArg: f.outputs.map(({ dtype }, i) => ({
        name: f.outputNames[i]!,
        type: protoName(dtype.base_dtype),
      })),
      isStateful: isStateful(f),
    },
    nodeDef: nodes.map((node, i) => ({
      ...node,
      input: [
        ...operations[i]!.inputs.map((input) => inputText(input, names)),
        ...node.input.filter((input) => input.startsWith('^')),
      ],
    })),
    ret: Object.fromEntries(
      f.outputs.map((output, i) => [f.outputNames[i]!, inputText(output, names)]),
    ),
    attr: {},
  };
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
