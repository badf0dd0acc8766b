/**
 * Frozen graphs of models whose variables are read within functions, as TF2 writes them: calls become
 * the bodies of what they call, and variables constants, with all ops as they are.
 */

import { with_ } from '../core/context.ts';
import type { GraphDef } from '../formats/graph_messages.ts';
import { Graph } from '../graph/graph.ts';
import { functionOps, importFunction } from '../graph/import_functions.ts';
import { importNodes } from '../graph/import_graph_def.ts';
import type { SymbolicTensor } from '../graph/symbolic_tensor.ts';
import type { BaseSession } from '../session/session.ts';
import { readTopology } from './json_nodes.ts';
import { valuesOf } from './save.ts';
import { GraphWriter } from './write_graph.ts';

const CALLS = ['PartitionedCall', 'StatefulPartitionedCall'];

/** Whether functions of `graph` are given handles of variables. */
export function readsInFunctions(graph: Graph): boolean {
  return graph
    .get_operations()
    .some(
      ({ type, inputs }) =>
        CALLS.includes(type) && inputs.some(({ dtype }) => dtype.name === 'resource'),
    );
}

/** The graph from `inputs` to `outputs` without calls and variables, with the values of `session`. */
export function inlinedGraph(
  session: BaseSession,
  inputs: readonly SymbolicTensor[],
  outputs: readonly SymbolicTensor[],
): GraphDef {
  const writer = new GraphWriter('any');
  writer.write(inputs, outputs);
  const literals = valuesOf(session, writer);
  const constants = [...literals].map(([name, value]) => writer.constantNode(name, value));
  const library = { function: [...writer.functions.values()] };
  const topology = { node: [...constants, ...writer.nodes], library };
  const { nodes, functions } = readTopology(topology, literals);
  const graph = new Graph();
  return with_(graph.as_default(), () => {
    const ops = functionOps(graph, functions);
    for (const f of functions) importFunction(graph, f, ops);
    importNodes(graph, nodes, { name: '', inputMap: new Map() });
    return graph.as_graph_def();
  });
}
