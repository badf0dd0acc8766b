/**
 * The base class of layers. A layer makes its variables when it is first called, in a variable scope
 * that it keeps, so that every later call shares them. An instance is called like a function.
 */

import { with_ } from '../core/context.ts';
import { toTensor } from '../core/convert.ts';
import { as_dtype, type DType, float32 } from '../core/dtype.ts';
import { RuntimeError, ValueError } from '../core/errors.ts';
import { colocateWith, currentMode, executing_eagerly } from '../core/mode.ts';
import { Operand } from '../core/operand.ts';
import type { ShapeLike, TensorShape } from '../core/shape.ts';
import { type ArgsOf, signature } from '../core/signature.ts';
import type { GraphHandle, Node, Tensor, TensorLike } from '../core/tensor.ts';
import { GraphKeys } from '../graph/collections.ts';
import { get_default_graph } from '../graph/default_graph.ts';
import { add_to_collection, get_collection } from '../graph/scopes.ts';
import type { Constraint } from '../variables/arguments.ts';
import { global_variables } from '../variables/collections.ts';
import { get_variable } from '../variables/get_variable.ts';
import type { Partitioner } from '../variables/partitioners.ts';
import type { InitializerLike, Reuse } from '../variables/requests.ts';
import { variable_scope } from '../variables/scope_stack.ts';
import type { Variable } from '../variables/variable.ts';
import type { VariableScope } from '../variables/variable_scope.ts';
import { assertCompatible, type Input, type InputSpec } from './input_spec.ts';

/** The penalty of a tensor, `null` for none. */
export type Regularizer = (value: Tensor) => Tensor | null;
/** What is applied to a layer's result. */
export type Activation = (value: Tensor) => Tensor;
/** What a layer is called with: a tensor, a variable, or a list of them. */
export type Inputs = TensorLike | readonly TensorLike[];
/** What a layer changes beside its result: a moving average, say. */
export type Update = Node | Operand;

/** The keywords that all layers take beside their own. */
export const LAYER_KEYWORDS = ['dtype', '_scope', '_reuse'] as const;

const layerArguments = signature(
  ['trainable', 'name', 'dtype', 'activity_regularizer', '_scope', '_reuse'],
  (
    trainable: boolean = true,
    name: string | null = null,
    dtype: DType | null = null,
    activity_regularizer: Regularizer | null = null,
    _scope: string | VariableScope | null = null,
    _reuse: Reuse = null,
  ) => ({ trainable, name, dtype, activity_regularizer, _scope, _reuse }),
);

const weightArguments = signature(
  [
    'name',
    'shape',
    'dtype',
    'initializer',
    'regularizer',
    'trainable',
    'constraint',
    'use_resource',
    'partitioner',
  ],
  (
    name: string,
    shape: ShapeLike,
    dtype: DType | null = null,
    initializer: InitializerLike | null = null,
    regularizer: Regularizer | null = null,
    trainable: boolean = true,
    constraint: Constraint | null = null,
    use_resource: boolean | null = null,
    partitioner: Partitioner | null = null,
  ) => ({
    name,
    shape,
    dtype,
    initializer,
    regularizer,
    trainable,
    constraint,
    use_resource,
    partitioner,
  }),
  { name: 'add_weight', objects: ['initializer'] },
);

/** Losses or updates, with the inputs that they depend on. */
interface Dependent<T> {
  readonly value: T;
  readonly inputs: readonly Input[] | null;
}

/** How often each kind of layer was made in a graph. */
const counts = new WeakMap<object, Map<string, number>>();

/** A name that no layer of the graph has yet: `dense_1`. */
function uniqueName(base: string): string {
  const graph = get_default_graph();
  const used = counts.get(graph) ?? new Map<string, number>();
  counts.set(graph, used);
  const count = (used.get(base) ?? 0) + 1;
  used.set(base, count);
  return `${base}_${count}`;
}

/** `MaxPooling2D` as `max_pooling2d`. */
function snakeCase(name: string): string {
  return name
    .replace(/(.)([A-Z][a-z0-9]+)/g, '$1_$2')
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .toLowerCase();
}

/** What layers are as functions. */
export interface Layer<O = Tensor> {
  /** The layer's result for `inputs`, as `call` computes it; what follows is passed on to `call`. */
  (inputs: Inputs, ...args: never[]): O;
}

/**
 * The base class of layers. A subclass makes variables in `build(input_shape)` with `add_weight`, and
 * computes its result, an `O`, in `call(inputs)`.
 */
export class Layer<O = Tensor> {
  /** Whether the variables of the layer are trained. */
  trainable!: boolean;
  /** Whether `build` has run. */
  built!: boolean;
  /** What inputs must be like. */
  input_spec!: InputSpec | readonly InputSpec[] | null;
  /** The name, which texts of errors say. The names of variables begin with the scope's name. */
  readonly name!: string;
  readonly activity_regularizer!: Regularizer | null;
  readonly graph!: GraphHandle;
  private readonly baseName!: string;
  private readonly reuse!: Reuse;
  private scope!: VariableScope | null;
  private type!: DType | null;
  private readonly weightsTrained!: Variable[];
  private readonly weightsFixed!: Variable[];
  private readonly allLosses!: Dependent<() => Tensor>[];
  private readonly allUpdates!: Dependent<Update>[];

  constructor(...args: ArgsOf<typeof layerArguments>) {
    const given = layerArguments(...args);
    const layer = callableFor(new.target.prototype as Layer<O>);
    const base = given.name ?? snakeCase(new.target.name);
    const fields = {
      trainable: given.trainable,
      built: false,
      input_spec: null,
      name: given.name ?? uniqueName(base),
      activity_regularizer: given.activity_regularizer,
      graph: get_default_graph(),
      baseName: base,
      reuse: given._reuse,
      scope: given._scope === null ? null : captured(given._scope),
      type: given.dtype === null ? null : as_dtype(given.dtype),
      weightsTrained: [],
      weightsFixed: [],
      allLosses: [],
      allUpdates: [],
    };
    for (const [name, value] of Object.entries(fields)) {
      Object.defineProperty(layer, name, { value, writable: true, configurable: true });
    }
    // biome-ignore lint/correctness/noConstructorReturn: the instance is a function
    return layer;
  }

  // ---- what it has ---------------------------------------------------------------------------

  /** The type of the variables; that of the first input, unless the constructor was told. */
  get dtype(): DType | null {
    return this.type;
  }
  /** The name of the variable scope. ValueError before the layer is used. */
  get scope_name(): string {
    if (this.scope !== null) return this.scope.name;
    throw new ValueError(
      `No name available for layer scope because the layer "${this.name}" has not been used yet. The scope name  is determined the first time the layer instance is called. You must therefore call the layer before querying \`scope_name\`.`,
    );
  }
  get trainable_weights(): Variable[] {
    return this.trainable ? [...this.weightsTrained] : [];
  }
  get non_trainable_weights(): Variable[] {
    return this.trainable ? [...this.weightsFixed] : [...this.weightsTrained, ...this.weightsFixed];
  }
  /** All variables, trained ones first. */
  get weights(): Variable[] {
    return [...this.trainable_weights, ...this.non_trainable_weights];
  }
  get trainable_variables(): Variable[] {
    return this.trainable_weights;
  }
  get non_trainable_variables(): Variable[] {
    return this.non_trainable_weights;
  }
  get variables(): Variable[] {
    return this.weights;
  }
  /** The regularization losses; eager mode computes them anew each time. */
  get losses(): Tensor[] {
    return this.allLosses.map(({ value }) => value());
  }
  /** The operations that update what the layer keeps. RuntimeError in eager mode. */
  get updates(): Update[] {
    if (executing_eagerly()) throw new RuntimeError('Layer.updates not supported in Eager mode.');
    return this.allUpdates.map(({ value }) => value);
  }
  /** The losses that depend on `inputs`; with `null` those that depend on none. */
  get_losses_for(inputs: Inputs | null): Tensor[] {
    if (executing_eagerly()) {
      throw new RuntimeError('Layer.get_losses_for not supported in Eager mode.');
    }
    return forInputs(this.allLosses, inputs).map((loss) => loss());
  }
  /** The updates that depend on `inputs`; with `null` those that depend on none. */
  get_updates_for(inputs: Inputs | null): Update[] {
    if (executing_eagerly()) {
      throw new RuntimeError('Layer.get_updates_for not supported in Eager mode.');
    }
    return forInputs(this.allUpdates, inputs);
  }
  /** How many numbers the variables hold. ValueError before the layer is built. */
  count_params(): number {
    if (!this.built) {
      throw new ValueError(
        `You tried to call \`count_params\` on ${this.name}, but the layer isn't built. You can build it manually via: \`${this.name}.build(batch_input_shape)\`.`,
      );
    }
    return this.weights.reduce((sum, weight) => sum + (weight.get_shape().num_elements() ?? 0), 0);
  }

  // ---- what subclasses provide ---------------------------------------------------------------

  /** Makes the variables, for inputs of this shape. */
  build(_input_shape: TensorShape): void {
    this.built = true;
  }

  /** Computes the result. */
  call(inputs: Inputs, ..._args: never[]): O {
    const same: unknown = toTensor(inputs as TensorLike);
    return same as O;
  }

  // ---- making variables ----------------------------------------------------------------------

  /** A variable of the layer, `scope_name/name`, with its penalty among the losses. */
  add_weight(...args: ArgsOf<typeof weightArguments>): Variable {
    const given = weightArguments(...args);
    const scope = this.ownScope();
    const before = new Set(global_variables());
    const reuse = this.built || this.reuse;
    const inside = variable_scope(scope, { reuse, auxiliary_name_scope: false });
    return with_(inside, (current) =>
      currentMode().nameScope(current.original_name_scope, () => {
        const { name, shape, regularizer, constraint, partitioner } = given;
        const trainable = given.trainable && this.trainable;
        const variable = get_variable(name, {
          shape,
          dtype: as_dtype(given.dtype ?? this.type ?? float32),
          initializer: given.initializer ?? current.initializer,
          trainable,
          constraint,
          partitioner,
          use_resource: given.use_resource ?? current.use_resource,
        });
        if (regularizer !== null && (executing_eagerly() || !before.has(variable))) {
          this.addPenalty(name, variable, regularizer);
        }
        (given.trainable ? this.weightsTrained : this.weightsFixed).push(variable);
        return variable;
      }),
    );
  }

  /** As `add_weight`. */
  add_variable(...args: ArgsOf<typeof weightArguments>): Variable {
    return this.add_weight(...args);
  }

  private addPenalty(name: string, variable: Variable, regularizer: Regularizer): void {
    const loss = () =>
      colocateWith(variable, () =>
        currentMode().nameScope(`${name}/Regularizer`, () => regularizer(variable.value())),
      );
    if (executing_eagerly()) {
      this.allLosses.push({ value: () => toTensor(loss()!), inputs: null });
      return;
    }
    const penalty = loss();
    if (penalty !== null) this.add_loss(penalty);
  }

  /** Adds losses, which depend on `inputs` or on none, also to the collection of regularization losses. RuntimeError in eager mode. */
  add_loss(losses: Tensor | readonly Tensor[], inputs: Inputs | null = null): void {
    if (executing_eagerly()) throw new RuntimeError('Layer.add_loss not supported in Eager mode.');
    for (const loss of Array.isArray(losses) ? (losses as readonly Tensor[]) : [losses as Tensor]) {
      this.allLosses.push({ value: () => loss, inputs: listOf(inputs) });
      addOnce(GraphKeys.REGULARIZATION_LOSSES, loss);
    }
  }

  /** Adds updates, which depend on `inputs` or on none. In eager mode they are done already. */
  add_update(updates: Update | readonly Update[], inputs: Inputs | null = null): void {
    if (executing_eagerly()) return;
    for (const value of Array.isArray(updates)
      ? (updates as readonly Update[])
      : [updates as Update]) {
      this.allUpdates.push({ value, inputs: listOf(inputs) });
    }
  }

  // ---- being called --------------------------------------------------------------------------

  /** The layer's result for `inputs`, as calling the layer gives it. */
  apply(inputs: Inputs, ...args: unknown[]): O {
    return this._enter(inputs, args);
  }

  /** The result, with variables in the scope `given` if this is the first use. @internal */
  _enter(inputs: Inputs, args: readonly unknown[], given: string | VariableScope | null = null): O {
    const scope = this.ownScope(given);
    const reuse = this.built ? true : this.reuse;
    const inside = variable_scope(scope, { reuse, auxiliary_name_scope: false });
    return with_(inside, (current) =>
      currentMode().nameScope(current.original_name_scope, () => {
        const tensors = listOf(inputs)!;
        this.prepare(tensors);
        const outputs = Reflect.apply(this.call, this, [inputs, ...args]) as O;
        this.regularize(outputs, inputs);
        if (!executing_eagerly())
          for (const update of this.updates) addOnce(GraphKeys.UPDATE_OPS, update);
        return outputs;
      }),
    );
  }

  /** Builds the layer at its first call, and checks the inputs of every call. */
  private prepare(inputs: readonly Input[]): void {
    this.assertInputs(inputs);
    if (this.built) return;
    this.type ??= inputs[0]?.dtype.base_dtype ?? null;
    const shapes = inputs.map((input) => input.get_shape());
    this.build((shapes.length === 1 ? shapes[0]! : shapes) as TensorShape);
    this.built = true;
    this.assertInputs(inputs);
  }

  private assertInputs(inputs: readonly Input[]): void {
    if (this.input_spec === null) return;
    const specs = Array.isArray(this.input_spec) ? this.input_spec : [this.input_spec];
    assertCompatible(this.name, specs as readonly InputSpec[], inputs);
  }

  private regularize(outputs: O, inputs: Inputs): void {
    const { activity_regularizer } = this;
    if (activity_regularizer === null) return;
    const loss = currentMode().nameScope('ActivityRegularizer', () =>
      activity_regularizer(outputs as Tensor),
    );
    if (loss !== null) this.add_loss(loss, inputs);
  }

  /** The scope of the variables, which the first use decides. */
  private ownScope(given: string | VariableScope | null = null): VariableScope {
    this.scope ??= this.reuse
      ? captured(given ?? this.baseName)
      : with_(variable_scope(given, this.baseName), (current) => current);
    return this.scope;
  }

  /** A layer with the same settings, as Python's `copy.deepcopy` makes one; layers inside are copied, too. @internal */
  _copy(): this {
    const copy = callableFor(Object.getPrototypeOf(this) as Layer<O>);
    for (const [name, own] of Object.entries(Object.getOwnPropertyDescriptors(this))) {
      Object.defineProperty(copy, name, { ...own, value: copied(own.value) });
    }
    return copy as this;
  }

  /** Counts a variable among the layer's that others made in its `call`. @internal */
  _adopt(variable: Variable, isTrained: boolean): void {
    const own = isTrained ? this.weightsTrained : this.weightsFixed;
    if (!own.includes(variable)) own.push(variable);
  }
}
Object.setPrototypeOf(Layer.prototype, Function.prototype);

function copied(value: unknown): unknown {
  if (value instanceof Layer) return value._copy();
  return Array.isArray(value) && value.constructor === Array ? value.map(copied) : value;
}

/** A function that stands for a layer of the class with this prototype. */
function callableFor<O>(prototype: Layer<O>): Layer<O> {
  const callable: unknown = (inputs: Inputs, ...args: unknown[]) => layer.apply(inputs, ...args);
  const layer = callable as Layer<O>;
  for (const own of ['name', 'length']) Reflect.deleteProperty(layer, own);
  Object.setPrototypeOf(layer, prototype);
  return layer;
}

/** A scope as it is, entered and left. */
function captured(scope: string | VariableScope): VariableScope {
  return with_(variable_scope(scope), (current) => current);
}

/** The inputs one by one, plain values as tensors. */
function listOf(inputs: Inputs | null): readonly Input[] | null {
  if (inputs === null) return null;
  const list =
    Array.isArray(inputs) && inputs.some((x) => x instanceof Operand) ? inputs : [inputs];
  return list.map((x) => (x instanceof Operand ? (x as Input) : toTensor(x)));
}

function forInputs<T>(all: readonly Dependent<T>[], inputs: Inputs | null): T[] {
  const wanted = listOf(inputs);
  const fits = ({ inputs: own }: Dependent<T>) =>
    own === null || wanted === null
      ? own === wanted
      : own.length === wanted.length && own.every((input, i) => input === wanted[i]);
  return all.filter(fits).map(({ value }) => value);
}

function addOnce(key: string, value: unknown): void {
  if (!get_collection(key).includes(value)) add_to_collection(key, value);
}
