/** Functions from the library of a file: their bodies become graphs that operations of `graph` can call. */

import type { DType } from '../core/dtype.ts';
import { ValueError } from '../core/errors.ts';
import { withMode } from '../core/mode.ts';
import { type AnyOp, registry } from '../core/op.ts';
import type { ArgSpec } from '../core/op_language.ts';
import type { FunctionDef } from '../formats/graph_messages.ts';
import { FunctionGraph, registeredCallRule } from './function_graph.ts';
import type { Graph } from './graph.ts';
import { type ImportNode, importNodes } from './import_graph_def.ts';

/** A function of a file; attribute values are those that declarations have. */
export interface ImportFunction {
  readonly name: string;
  readonly inputs: readonly { readonly name: string; readonly dtype: DType }[];
  readonly outputs: readonly string[];
  readonly outputTypes?: readonly DType[];
  /** Whether calls of it have effects. */
  readonly stateful?: boolean;
  readonly nodes: readonly ImportNode[];
  /** For each output, the tensor that it is: an argument, or `node:output:index`. */
  readonly ret: Readonly<Record<string, string>>;
  /** The function that is its gradient, if the file says so. */
  readonly gradientName: string | null;
  /** The function as the file has it, where it is a GraphDef. */
  readonly definition?: FunctionDef;
}

/** Declarations of the ops that call `functions` by name, as nodes of files do. */
export function functionOps(
  graph: Graph,
  functions: readonly ImportFunction[],
): Map<string, AnyOp> {
  return new Map(functions.map((f) => [f.name, functionOp(graph, f)]));
}

function functionOp(graph: Graph, f: ImportFunction): AnyOp {
  const arg = (name: string, type: DType): ArgSpec => ({
    name,
    isRef: false,
    type,
    typeAttr: null,
    typeListAttr: null,
    numberAttr: null,
  });
  const { outputTypes = [] } = f;
  return {
    type: f.name,
    inputs: f.inputs.map(({ name, dtype }) => arg(name, dtype)),
    outputs: outputTypes.map((type, i) => arg(f.outputs[i]!, type)),
    attrs: [],
    texts: { inputs: [], outputs: [], attrs: [] },
    stateful: f.stateful ?? false,
    passesSlices: false,
    opaque: false,
    shape: () => {
      const dims = graph._functions.get(f.name)?.outputs.map((output) => output.dims);
      const all = dims ?? outputTypes.map(() => null);
      return all.length === 1 ? all[0]! : all;
    },
    get rule() {
      return registeredCallRule();
    },
  };
}

/**
 * Puts `f` into the library of `graph`; nodes of its body may be calls of `ops`. ValueError where it
 * does not fit together.
 */
export function importFunction(
  graph: Graph,
  f: ImportFunction,
  ops: ReadonlyMap<string, AnyOp> = new Map(),
): void {
  const body = new FunctionGraph(graph);
  const byName = new Map(f.nodes.map((node) => [node.name, node]));
  withMode(body, () => {
    const inputs = f.inputs.map(({ name, dtype }) => body._input(name, dtype, { dims: null }));
    const inputMap = new Map(
      inputs.flatMap((input, i) => {
        const { name } = f.inputs[i]!;
        return [[`${name}:0`, input] as const, [`^${name}`, input] as const];
      }),
    );
    const plain = (text: string) => plainInput(text, byName, ops);
    const nodes = f.nodes.map((node) => ({ ...node, input: node.input.map(plain) }));
    const added = importNodes(body, nodes, { name: '', inputMap, ops });
    const outputs = f.outputs.map((name) => {
      const [node, index] = `${plain(f.ret[name] ?? '')}:0`.split(':');
      const output = inputMap.get(`${node}:0`) ?? added.get(node!)?.outputs[Number(index)];
      if (output) return output;
      throw new ValueError(`Function '${f.name}': return '${f.ret[name]}' is not in its body.`);
    });
    graph._functions.set(f.name, {
      name: f.name,
      graph: body,
      inputs,
      outputs,
      inputNames: f.inputs.map(({ name }) => name),
      outputNames: f.outputs,
      captured: [],
      gradientName: f.gradientName,
      retrace: null,
      ...(f.definition && { definition: f.definition }),
    });
  });
}

/** `node:output:index` as graphs write it, `node:index` over all outputs. */
function plainInput(
  text: string,
  nodes: ReadonlyMap<string, ImportNode>,
  ops: ReadonlyMap<string, AnyOp>,
): string {
  const [name, output, index] = text.split(':');
  const node = nodes.get(name!);
  if (!node || output === undefined || index === undefined) return text;
  let at = 0;
  for (const arg of (registry.get(node.op) ?? ops.get(node.op))?.outputs ?? []) {
    if (arg.name === output) return `${name}:${at + Number(index)}`;
    if (arg.numberAttr) at += node.attr[arg.numberAttr] as number;
    else if (arg.typeListAttr) at += (node.attr[arg.typeListAttr] as readonly unknown[]).length;
    else at += 1;
  }
  return text;
}
