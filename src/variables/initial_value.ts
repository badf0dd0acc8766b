/**
 * First values. One that reads other variables is rebuilt to read their first values where they have
 * no value yet, so that initializers can run in any order.
 */

import { conditional } from '../core/conditional.ts';
import { ValueError } from '../core/errors.ts';
import type { Attrs } from '../core/kernels.ts';
import { controlDependencies } from '../core/mode.ts';
import { registry } from '../core/op.ts';
import type { Tensor } from '../core/tensor.ts';
import { GraphKeys } from '../graph/collections.ts';
import type { Operation } from '../graph/operation.ts';
import { SymbolicTensor } from '../graph/symbolic_tensor.ts';

/** A variable as its own first value may need it. */
export interface Initializable {
  readonly name: string;
  readonly initial_value: Tensor | null;
  read_value(): Tensor;
  _isInitialized(): Tensor;
}

/** The value of a variable, or its first value while it has none. */
export function initializedValue(variable: Initializable): Tensor {
  return controlDependencies(null, () =>
    conditional(
      variable._isInitialized(),
      () => variable.read_value(),
      () => variable.initial_value!,
    ),
  );
}

/** ValueError where a first value is a tensor of a branch or of a loop body, which has none outside. */
export function checkOutside(initial: Tensor, scope: string): void {
  if (!(initial instanceof SymbolicTensor) || initial.op._controlFlow === null) return;
  throw new ValueError(
    `Initializer for variable ${scope} is from inside a control-flow construct, such as a loop or conditional. When creating a variable inside a loop or conditional, use a lambda as the initializer.`,
  );
}

/** Ops that tell of a variable without needing its value, or read one that is a handle. */
const KEPT = new Set(['IsVariableInitialized', 'VarIsInitializedOp', 'ReadVariableOp']);
const VARIABLES = new Set(['Variable', 'VariableV2', 'VarHandleOp']);

/**
 * `initial_value`, or a copy of what computes it in which every variable stands for its initialized
 * value. `scope` is the name scope of the variable that is being made.
 */
export function guarded(initial_value: Tensor, scope: string): Tensor {
  const tensor = initial_value as SymbolicTensor;
  if (!readsVariable(tensor.op) || hasCycle(tensor.op)) return tensor;
  return new Guard(scope).tensor(tensor);
}

function readsVariable(start: Operation): boolean {
  const seen = new Set<Operation>([start]);
  for (const operation of seen) {
    if (VARIABLES.has(operation.type)) return true;
    for (const input of operation.inputs) seen.add(input.op);
  }
  return false;
}

/** Whether a loop's back edge can be reached. */
function hasCycle(start: Operation): boolean {
  const done = new Set<Operation>();
  const path = new Set<Operation>();
  const visit = (operation: Operation): boolean => {
    if (path.has(operation)) return true;
    if (done.has(operation)) return false;
    path.add(operation);
    const found = operation.inputs.some((input) => visit(input.op));
    path.delete(operation);
    done.add(operation);
    return found;
  };
  return visit(start);
}

class Guard {
  private readonly scope: string;
  private readonly safe = new Map<Operation, Operation>();

  constructor(scope: string) {
    this.scope = scope;
  }

  tensor(tensor: SymbolicTensor): SymbolicTensor {
    const { op } = tensor;
    const known = this.safe.get(op);
    const safe = known ?? this.operation(op);
    if (!known) this.safe.set(op, safe);
    return safe.outputs[tensor.value_index]!;
  }

  private operation(op: Operation): Operation {
    if (KEPT.has(op.type)) return op;
    if (VARIABLES.has(op.type)) return initializedOperation(op) ?? op;
    const inputs = op.inputs.map((input) => this.tensor(input));
    return inputs.every((input, i) => input === op.inputs[i]) ? op : this.copy(op, inputs);
  }

  /** The same operation on other inputs, with a name of its own. */
  private copy(op: Operation, inputs: readonly SymbolicTensor[]): Operation {
    const declaration = op.type === 'RefSwitch' ? registry.get('Switch')! : op.declaration;
    const name = `${op.name}_${this.scope}`.replaceAll(':', '_');
    return op.graph._colocateWithNames(op.colocation, () =>
      op.graph.apply(declaration, inputs, op.attrs as Attrs, name),
    );
  }
}

/** What computes the initialized value of the variable that `op` makes, if it is in a collection. */
function initializedOperation(op: Operation): Operation | null {
  const names = [op.name, `${op.name}:0`];
  for (const key of [GraphKeys.GLOBAL_VARIABLES, GraphKeys.LOCAL_VARIABLES]) {
    for (const variable of op.graph.get_collection(key) as Initializable[]) {
      if (!names.includes(variable.name)) continue;
      return 'initial_value' in variable ? (initializedValue(variable) as SymbolicTensor).op : null;
    }
  }
  return null;
}
