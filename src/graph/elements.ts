/** Finding a tensor or an operation of a graph by what a caller gives: itself, its name, or what stands for it. */

import { pythonType } from '../core/call.ts';
import { KeyError, ValueError } from '../core/errors.ts';
import { Operand } from '../core/operand.ts';
import type { Graph } from './graph.ts';
import { Operation } from './operation.ts';
import { SymbolicTensor } from './symbolic_tensor.ts';

const FORM = 'Tensor names must be of the form "<op_name>:<output_index>".';

/** The element of `graph` that `obj` is, names or stands for, with TF1's errors. */
export function asGraphElement(
  graph: Graph,
  obj: unknown,
  allowTensor: boolean,
  allowOperation: boolean,
): SymbolicTensor | Operation {
  if (!allowTensor && !allowOperation)
    throw new ValueError("allow_tensor and allow_operation can't both be False.");
  const wanted =
    allowTensor && allowOperation ? 'Tensor or Operation' : allowTensor ? 'Tensor' : 'Operation';
  const element = standsFor(obj);
  if (typeof element === 'string')
    return byName(graph, element, wanted, allowTensor, allowOperation);
  if (element instanceof SymbolicTensor && allowTensor) {
    if (element.graph !== graph)
      throw new ValueError(`Tensor ${element} is not an element of this graph.`);
    return element;
  }
  if (element instanceof Operation && allowOperation) {
    if (element.graph !== graph)
      throw new ValueError(`Operation ${element.name} is not an element of this graph.`);
    return element;
  }
  throw new TypeError(`Can not convert a ${typeName(element)} into a ${wanted}.`);
}

/** What an object names in a graph: a variable's tensor, an IndexedSlices' values, or the object itself. */
function standsFor(obj: unknown): unknown {
  if (obj === null || typeof obj !== 'object') return obj;
  if (obj instanceof SymbolicTensor || obj instanceof Operation) return obj;
  const { _as_graph_element: convert } = obj as { _as_graph_element?: () => unknown };
  if (typeof convert === 'function') return convert.call(obj);
  return obj instanceof Operand ? obj._toTensor() : obj;
}

function byName(
  graph: Graph,
  name: string,
  wanted: string,
  allowTensor: boolean,
  allowOperation: boolean,
): SymbolicTensor | Operation {
  if (name.includes(':') && allowTensor) return tensorByName(graph, name);
  const operation = graph._find(name);
  if (allowOperation && !name.includes(':')) {
    if (operation) return operation;
    throw new KeyError(`The name '${name}' refers to an Operation not in the graph.`);
  }
  if (name.includes(':')) {
    throw new ValueError(`Name '${name}' appears to refer to a Tensor, not a ${wanted}.`);
  }
  if (operation)
    throw new ValueError(`The name '${name}' refers to an Operation, not a ${wanted}. ${FORM}`);
  throw new ValueError(
    `The name '${name}' looks like an (invalid) Operation name, not a ${wanted}. ${FORM}`,
  );
}

function tensorByName(graph: Graph, name: string): SymbolicTensor {
  const [, operationName, index] = /^([^:]+):(\d+)$/.exec(name) ?? [];
  if (operationName === undefined) {
    throw new ValueError(
      `The name '${name}' looks a like a Tensor name, but is not a valid one. ${FORM}`,
    );
  }
  const operation = graph._find(operationName);
  const refers = `The name '${name}' refers to a Tensor which does not exist. The operation, '${operationName}',`;
  if (!operation) throw new KeyError(`${refers} does not exist in the graph.`);
  const tensor = operation.outputs[Number(index)];
  if (!tensor)
    throw new KeyError(`${refers} exists but only has ${operation.outputs.length} outputs.`);
  return tensor;
}

function typeName(value: unknown): string {
  return value instanceof SymbolicTensor ? 'Tensor' : pythonType(value);
}
