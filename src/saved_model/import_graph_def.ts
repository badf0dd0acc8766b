/** `tf.GraphDef` and `tf.import_graph_def`: a graph from a file, added to the default graph. */

import { toTensor } from '../core/convert.ts';
import { ValueError } from '../core/errors.ts';
import { fn } from '../core/signature.ts';
import type { Name, TensorLike } from '../core/tensor.ts';
import { get_default_graph } from '../graph/default_graph.ts';
import { type ImportFunction, importFunction } from '../graph/import_functions.ts';
import { type ImportNode, importNodes } from '../graph/import_graph_def.ts';
import type { Operation } from '../graph/operation.ts';
import type { SymbolicTensor } from '../graph/symbolic_tensor.ts';
import { type GraphParts, partsOf } from './graph_def.ts';

/** A graph as a file has it. */
export class GraphDef {
  /** The nodes, with their attributes as values of this library. */
  node: readonly ImportNode[] = [];
  /** The functions that nodes call. */
  library: readonly ImportFunction[] = [];

  /** Replaces the nodes by those of a serialized GraphDef; an error of the format where it is damaged. */
  ParseFromString(serialized: Uint8Array): number {
    this.take(partsOf(serialized));
    return serialized.length;
  }

  /** Replaces the nodes by those of a GraphDef in the text format. @internal */
  _parseText(text: string): void {
    this.take(partsOf(text));
  }

  private take({ nodes, functions }: GraphParts): void {
    this.node = nodes;
    this.library = functions;
  }

  /** The graph that `serialized` holds. */
  static FromString(serialized: Uint8Array): GraphDef {
    const graphDef = new GraphDef();
    graphDef.ParseFromString(serialized);
    return graphDef;
  }
}

/** Tensors or values that stand in for tensors of the file, by name. */
type InputMap = Readonly<Record<string, TensorLike>> | ReadonlyMap<string, TensorLike>;

/**
 * Adds the nodes of `graph_def` to the default graph, under the name scope `name` (`'import'`; an
 * empty one for none). `input_map` replaces tensors of the file; `return_elements` names operations
 * and tensors (`'a'`, `'a:0'`) to return in a list, `null` returns `null`. NotFoundError for ops that
 * are not here, ValueError for names that are not in the file.
 */
export const import_graph_def = fn(
  ['graph_def', 'input_map', 'return_elements', 'name', 'op_dict', 'producer_op_list'],
  (
    graph_def: GraphDef,
    input_map: InputMap | null = null,
    return_elements: readonly string[] | null = null,
    name: Name = null,
    _op_dict: unknown = null,
    _producer_op_list: unknown = null,
  ): (Operation | SymbolicTensor)[] | null => {
    if (!(graph_def instanceof GraphDef))
      throw new TypeError('graph_def must be a GraphDef proto.');
    for (const f of graph_def.library) importFunction(get_default_graph(), f);
    const added = importNodes(get_default_graph(), graph_def.node, {
      name: name ?? 'import',
      inputMap: mapped(input_map),
    });
    return return_elements?.map((element) => elementOf(added, element)) ?? null;
  },
  { objects: ['input_map'] },
);

function mapped(input_map: InputMap | null): Map<string, SymbolicTensor> {
  const entries = input_map instanceof Map ? [...input_map] : Object.entries(input_map ?? {});
  return new Map(
    entries.map(([key, value]) => {
      const tensor = toTensor(value as TensorLike) as SymbolicTensor;
      return [key.startsWith('^') || key.includes(':') ? key : `${key}:0`, tensor];
    }),
  );
}

function elementOf(
  added: ReadonlyMap<string, Operation>,
  name: string,
): Operation | SymbolicTensor {
  const [, operationName = name, index] = /^(.*):(\d+)$/.exec(name) ?? [];
  const operation = added.get(operationName);
  const element = index === undefined ? operation : operation?.outputs[Number(index)];
  if (element) return element;
  throw new ValueError(`Requested return_element '${name}' not found in graph_def.`);
}
