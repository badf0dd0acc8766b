/**
 * Weights as variables. A model that was frozen has constants where its graph had variables; one of
 * them that becomes a variable again takes the place of the constant and of the read behind it.
 */

import { ValueError, withHint } from '../core/errors.ts';
import { nearest } from '../core/nearest.ts';
import type { Literal } from '../core/tensor.ts';
import type { ImportNode } from '../graph/import_graph_def.ts';
import type { SymbolicTensor } from '../graph/symbolic_tensor.ts';
import { NdArray } from '../numpy/index.ts';
import { Variable } from '../variables/index.ts';

/** Which weights become variables: none, all floats that have axes, or those of these names. */
export type Trainable = boolean | readonly string[];

/** What is left to import when some weights are variables. */
export interface WithVariables {
  readonly variables: readonly Variable[];
  readonly nodes: readonly ImportNode[];
  /** The tensors of the variables, by the names that they have in the model. */
  readonly inputMap: ReadonlyMap<string, SymbolicTensor>;
}

const STORED = ['VariableV2', 'Variable', 'VarHandleOp'];

/**
 * Makes variables in the default graph of the weights that `trainable` chooses, and of those whose
 * nodes are variables. `scope` is the start of their names. ValueError for a name that no weight has.
 */
export function variablesFor(
  nodes: readonly ImportNode[],
  weights: ReadonlyMap<string, Literal>,
  scope: string,
  trainable: Trainable,
): WithVariables {
  const chosen = chooser(weights, trainable);
  const variables: Variable[] = [];
  const inputMap = new Map<string, SymbolicTensor>();
  for (const { name, op } of nodes) {
    const weight = weights.get(name);
    if (!weight || !(STORED.includes(op) || (op === 'Const' && chosen(name, weight)))) continue;
    const variable = new Variable(new NdArray(weight.dtype, weight.shape, weight.data), {
      name: scope + name,
      use_resource: op === 'VarHandleOp',
    });
    variables.push(variable);
    const handle = variable.op.outputs[0] as SymbolicTensor;
    inputMap.set(`${name}:0`, op === 'Const' ? (variable.value() as SymbolicTensor) : handle);
    const read = `${name}/read`;
    if (op !== 'VarHandleOp') inputMap.set(`${read}:0`, variable.value() as SymbolicTensor);
  }
  const rest = nodes.filter(({ name }) => !inputMap.has(`${name}:0`));
  return { variables, nodes: rest.map((node) => withoutControl(node, inputMap)), inputMap };
}

function withoutControl(
  node: ImportNode,
  inputMap: ReadonlyMap<string, SymbolicTensor>,
): ImportNode {
  const gone = (input: string) => input.startsWith('^') && inputMap.has(`${input.slice(1)}:0`);
  return node.input.some(gone)
    ? { ...node, input: node.input.filter((input) => !gone(input)) }
    : node;
}

function chooser(
  weights: ReadonlyMap<string, Literal>,
  trainable: Trainable,
): (name: string, weight: Literal) => boolean {
  if (typeof trainable === 'boolean') {
    return (_name, { dtype, shape }) => trainable && dtype.is_floating && shape.length > 0;
  }
  const unknown = trainable.find((name) => !weights.has(name));
  if (unknown !== undefined) {
    const near = nearest(unknown, weights.keys());
    throw new ValueError(
      withHint(`The model has no weight '${unknown}'.`, near && `Did you mean '${near}'?`),
    );
  }
  return (name) => trainable.includes(name);
}
