/**
 * Functions of a graph: sub-graphs with named inputs and outputs, which operations call by name. What
 * a body reads from outside becomes one more input.
 */

import type { DType } from '../core/dtype.ts';
import { type AnyOp, type AnyRule, applyOp, registry } from '../core/op.ts';
import type { ArgSpec } from '../core/op_language.ts';
import type { HandleData, Tensor } from '../core/tensor.ts';
import type { FunctionDef } from '../formats/graph_messages.ts';
import { isStateful } from './function_def.ts';
import { Graph } from './graph.ts';
import type { SymbolicTensor } from './symbolic_tensor.ts';

/** The value of a `func` attribute: which function of the library. */
export interface FunctionAttr {
  readonly name: string;
}

/** A function of a graph's library. */
export interface GraphFunction {
  readonly name: string;
  readonly graph: Graph;
  /** The placeholders of the body: arguments, then what it captured. */
  readonly inputs: readonly SymbolicTensor[];
  readonly outputs: readonly SymbolicTensor[];
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  /** What the last inputs are given by every call. */
  readonly captured: readonly SymbolicTensor[];
  /** The function that computes its gradient, if one was stated. */
  readonly gradientName: string | null;
  /** Builds the body once more, from other arguments, where that is known. */
  readonly retrace: ((args: readonly Tensor[]) => readonly Tensor[]) | null;
  /** The function as a file has it, if it is from one. */
  readonly definition?: FunctionDef;
}

/** The graph of a function's body. */
export class FunctionGraph extends Graph {
  readonly captures = true;
  private readonly outer: Graph;
  private readonly inner = new Map<SymbolicTensor, SymbolicTensor>();

  constructor(outer: Graph) {
    super();
    this.outer = outer;
    this.seed = outer.seed;
  }

  override get building_function(): boolean {
    return true;
  }

  override get _functions(): Map<string, GraphFunction> {
    return this.outer._functions;
  }

  /** The tensors from outside that the body reads, and what stands for each inside. @internal */
  get _captured(): ReadonlyMap<SymbolicTensor, SymbolicTensor> {
    return this.inner;
  }

  /** An input of the function. @internal */
  _input(
    name: string,
    dtype: DType,
    like: { readonly dims: Tensor['dims']; readonly handleData?: HandleData | undefined },
  ): SymbolicTensor {
    const attrs = { dtype: dtype.base_dtype, shape: like.dims };
    const [made] = applyOp(registry.get('Placeholder')!, {}, attrs, name).outputs;
    if (like.handleData) Object.assign(made!, { handleData: like.handleData });
    return made as SymbolicTensor;
  }

  protected override own(inputs: readonly Tensor[]): SymbolicTensor[] {
    return inputs.map((input) => this._inside(this.accept(input, null) as SymbolicTensor));
  }

  /** What stands in the body for `tensor`. @internal */
  _inside(tensor: SymbolicTensor): SymbolicTensor {
    if (tensor.graph === this) return tensor;
    const given = this.outer instanceof FunctionGraph ? this.outer._inside(tensor) : tensor;
    let inside = this.inner.get(given);
    if (!inside) {
      const name = given.op.name.split('/').at(-1)!;
      inside = this.controlDependencies(null, () => this._input(name, given.dtype, given));
      this.inner.set(given, inside);
    }
    return inside;
  }
}

let callRule: AnyRule | null = null;

/** Says what the gradient of an operation is whose type is the name of a function. */
export function registerCallRule(rule: AnyRule): void {
  callRule = rule;
}

/** The rule that was registered. */
export function registeredCallRule(): AnyRule | null {
  return callRule;
}

/** Makes a function of `graph` that follows from others: the gradient of one. */
type Derive = (graph: Graph, name: string) => GraphFunction | undefined;
let derive: Derive | null = null;

/** Says which functions follow from those that a graph has. */
export function registerDerivedFunctions(make: Derive): void {
  derive = make;
}

/** The function `name` of `graph`, or the one of that name that follows from the others. */
export function findFunction(graph: Graph, name: string): GraphFunction | undefined {
  return graph._functions.get(name) ?? derive?.(graph, name);
}

const arg = (name: string, { dtype }: Tensor): ArgSpec => ({
  name,
  isRef: false,
  type: dtype.base_dtype,
  typeAttr: null,
  typeListAttr: null,
  numberAttr: null,
});

/** The op that calls `f`: its type is the function's name; `rule` is its gradient. */
export function callOp(f: GraphFunction, rule: AnyRule): AnyOp {
  return {
    type: f.name,
    inputs: f.inputs.map((input, i) => arg(f.inputNames[i]!, input)),
    outputs: f.outputs.map((output, i) => arg(f.outputNames[i]!, output)),
    attrs: [],
    texts: { inputs: [], outputs: [], attrs: [] },
    stateful: isStateful(f),
    passesSlices: false,
    opaque: false,
    shape: () => (f.outputs.length === 1 ? f.outputs[0]!.dims : f.outputs.map(({ dims }) => dims)),
    rule,
  };
}
