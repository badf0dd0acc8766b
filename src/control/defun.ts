/** `Defun`: makes functions of the graph, which operations call by name, from functions of the program. */

import { toTensor } from '../core/convert.ts';
import { as_dtype, type DType, type DTypeLike } from '../core/dtype.ts';
import { InvalidArgumentError, ValueError } from '../core/errors.ts';
import { controlDependencies, currentMode, executing_eagerly } from '../core/mode.ts';
import { registry, resultOf } from '../core/op.ts';
import { variadic } from '../core/signature.ts';
import type { Name, Node, Tensor, TensorLike } from '../core/tensor.ts';
import type { FunctionDef } from '../formats/graph_messages.ts';
import { setNodeGradient } from '../gradients/registry.ts';
import { functionDef, isStateful } from '../graph/function_def.ts';
import { callOp, FunctionGraph, type GraphFunction } from '../graph/function_graph.ts';
import type { Graph } from '../graph/graph.ts';
import type { SymbolicTensor } from '../graph/symbolic_tensor.ts';
import { callRule } from './inlining.ts';

/** The body of a function: from tensors to a tensor, a list of them, or nothing. */
export type FunctionBody = (
  ...args: Tensor[]
) => TensorLike | readonly TensorLike[] | Node | null | undefined;
/** From an operation and dL/d(its outputs), dL/d(its inputs). */
type GradientBody = (op: Node, ...dys: Tensor[]) => Tensor | readonly (Tensor | null)[];

/** A function that calling adds one operation for: its results, one alone, or the operation. */
export interface DefinedFunction {
  (...args: (TensorLike | { readonly name?: Name })[]): Tensor & readonly Tensor[];
  /** What the function is called in the graph. */
  readonly name: string;
  readonly declared_input_types: readonly DType[];
  /** The function as a message, as a GraphDef's library has it. */
  readonly definition: FunctionDef;
  /** The tensors from outside that the body reads. */
  readonly captured_inputs: readonly Tensor[];
  /** The operations of the body that have effects: name and type. */
  readonly stateful_ops: readonly (readonly [string, string])[];
  readonly grad_func_name: string | null;
  readonly python_grad_func: GradientBody | null;
  /** Puts the function into the library of `g`. */
  add_to_graph(g: Graph): void;
  /** The function in the library of the graph in force. @internal */
  _define(): GraphFunction;
}

interface Settings {
  readonly func_name: string | null;
  readonly grad_func: DefinedFunction | null;
  readonly python_grad_func: GradientBody | null;
  readonly out_names: readonly string[] | null;
}

/**
 * `Defun(tf.float32, tf.float32)((x, y) => ...)` is a function of the graph: each call adds one
 * operation, which runs the body. Without types they are those of the arguments, and each
 * combination is a function of its own. `grad_func`, of the arguments and dL/d(results), is its gradient;
 * otherwise the body is differentiated.
 */
export const Defun = variadic(
  ['func_name', 'grad_func', 'python_grad_func', 'out_names', 'shape_func', 'noinline'],
  (
    input_types: DTypeLike[],
    func_name: string | null = null,
    grad_func: DefinedFunction | null = null,
    python_grad_func: GradientBody | null = null,
    out_names: readonly string[] | null = null,
    _shape_func: unknown = null,
    _noinline: boolean = false,
  ): ((body: FunctionBody) => DefinedFunction) => {
    const settings = { func_name, grad_func, python_grad_func, out_names };
    const types = input_types.map((type) => as_dtype(type));
    return (body) => {
      if (types.length > 0 || body.length === 0) return defined(body, types, settings);
      return overloaded(body, settings);
    };
  },
  { name: 'Defun' },
);

/** A function for each combination of types that it is called with. */
function overloaded(body: FunctionBody, settings: Settings): DefinedFunction {
  const made = new Map<string, DefinedFunction>();
  const call: unknown = variadic(['name'], (values: TensorLike[], name: Name = null) => {
    const tensors = values.map((value) => toTensor(value));
    const types = tensors.map(({ dtype }) => dtype.base_dtype);
    const key = types.join();
    const f = made.get(key) ?? defined(body, types, settings);
    made.set(key, f);
    return f(...tensors, { name });
  });
  return call as DefinedFunction;
}

function defined(body: FunctionBody, types: readonly DType[], settings: Settings): DefinedFunction {
  const definition = new Definition(body, types, settings);
  const call: unknown = variadic(['name'], (values: TensorLike[], name: Name = null) =>
    definition.call(values, name),
  );
  const properties = {
    name: () => definition.functionName,
    declared_input_types: () => types,
    definition: () => functionDef(definition.here()),
    captured_inputs: () => definition.here().captured,
    stateful_ops: () =>
      definition
        .here()
        .graph._operations.filter(({ declaration }) => declaration.stateful)
        .map((operation) => [operation.name, operation.type] as const),
    grad_func_name: () => settings.grad_func?.name ?? null,
    python_grad_func: () => settings.python_grad_func,
    add_to_graph: () => (g: Graph) => definition.in(g),
    _define: () => () => definition.here(),
  };
  for (const [name, get] of Object.entries(properties)) {
    Object.defineProperty(call, name, { get, configurable: true });
  }
  return call as DefinedFunction;
}

/** One function, and what it is in the graphs that use it. */
class Definition {
  private readonly body: FunctionBody;
  private readonly types: readonly DType[];
  private readonly settings: Settings;
  private readonly made = new WeakMap<Map<string, GraphFunction>, GraphFunction>();
  private hash = '';

  constructor(body: FunctionBody, types: readonly DType[], settings: Settings) {
    this.body = body;
    this.types = types;
    this.settings = settings;
  }

  /** The name in graphs: the one that was given, or one with a hash of the body. */
  get functionName(): string {
    const { func_name } = this.settings;
    if (func_name !== null) return func_name;
    if (this.hash === '') this.here();
    return `${this.body.name || 'lambda'}_${this.hash}`;
  }

  /** The function in the graph in force. */
  here(): GraphFunction {
    return this.in(currentMode() as Graph);
  }

  in(graph: Graph): GraphFunction {
    const library = graph._functions;
    const known = this.made.get(library);
    if (known) return known;
    const traced = this.trace(graph);
    this.hash ||= hashOf(String(functionDef(traced)));
    const gradient = this.settings.grad_func?._define().name ?? null;
    const f = { ...traced, name: this.functionName, gradientName: gradient };
    if (registry.has(f.name)) {
      throw new InvalidArgumentError(
        null,
        null,
        `Cannot add function '${f.name}' because an op with the same name already exists.`,
      );
    }
    if (library.has(f.name)) {
      throw new ValueError(
        `Cannot add function '${f.name}' because a different function with the same name already exists.`,
      );
    }
    library.set(f.name, f);
    this.made.set(library, f);
    return f;
  }

  call(values: readonly TensorLike[], name: Name): unknown {
    const { types } = this;
    if (values.length !== types.length) {
      throw new ValueError(
        `Expected number of arguments: ${types.length}, received: ${values.length}`,
      );
    }
    if (executing_eagerly()) {
      return this.body(...values.map((value, i) => toTensor(value, types[i]!)));
    }
    const f = this.here();
    const graph = currentMode() as Graph;
    const given = graph.nameScope(name ?? f.name, (scope) => {
      const args = values.map((value, i) => toTensor(value, types[i]!, f.inputNames[i]!));
      return { args: [...args, ...f.captured], scope };
    });
    const declaration = callOp(f, callRule);
    const node = graph.apply(declaration, given.args, {}, given.scope);
    const { python_grad_func } = this.settings;
    if (python_grad_func) setNodeGradient(node, python_grad_func);
    return resultOf(declaration, node);
  }

  /** Runs the body on placeholders, in a graph of its own. */
  private trace(outer: Graph): GraphFunction {
    const graph = new FunctionGraph(outer);
    const scope = graph.as_default();
    scope.enter();
    try {
      const args = this.types.map((type, i) => graph._input(`arg${i}`, type, { dims: null }));
      const results = controlDependencies(null, () => this.results(args));
      const outputs = results.map((result) => graph._inside(result as SymbolicTensor));
      const captured = graph._captured;
      const inputs = [...args, ...captured.values()];
      return {
        name: 'f',
        graph,
        inputs,
        outputs,
        inputNames: inputs.map(({ op }) => op.name),
        outputNames: outputs.map((output, i) => this.outputName(output, i, outputs)),
        captured: [...captured.keys()],
        gradientName: null,
        retrace: (given) => this.results(given),
      };
    } finally {
      scope.exit();
    }
  }

  private results(args: readonly Tensor[]): Tensor[] {
    const result = this.body(...args);
    if (result === undefined || result === null) return [];
    const list = Array.isArray(result) ? (result as readonly TensorLike[]) : [result];
    return list
      .filter((member) => !isOperation(member))
      .map((member) => toTensor(member as TensorLike));
  }

  private outputName(
    { op }: SymbolicTensor,
    index: number,
    outputs: readonly SymbolicTensor[],
  ): string {
    const given = this.settings.out_names?.[index];
    if (given !== undefined) return given;
    const name = op.name.replaceAll('/', '_');
    const isFirst = outputs.findIndex((other) => other.op === op) === index;
    return isFirst ? name : `${name}_${index}`;
  }
}

function isOperation(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'control_inputs' in value;
}

/** Eight hexadecimal digits that differ for texts that differ. */
function hashOf(text: string): string {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) {
    hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  }
  return (hash >>> 0).toString(16).padStart(8, '0');
}

/** Whether calls of `f` have effects. @internal */
export function hasEffects(f: DefinedFunction): boolean {
  return isStateful(f._define());
}
