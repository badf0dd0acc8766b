/** A graph: operations in order of creation, their names, and what is in force while they are created. */

import { pythonType } from '../core/call.ts';
import { type ContextManager, scoped } from '../core/context.ts';
import { assertDType } from '../core/convert.ts';
import type { DType } from '../core/dtype.ts';
import { RuntimeError, ValueError, withHint } from '../core/errors.ts';
import { IndexedSlices } from '../core/indexed_slices.ts';
import type { Attrs } from '../core/kernels.ts';
import { type Mode, withMode } from '../core/mode.ts';
import type { AnyOp } from '../core/op.ts';
import { applyOp, registry } from '../core/op.ts';
import { Operand } from '../core/operand.ts';
import { showCall } from '../core/recorder.ts';
import type { ArgsOf } from '../core/signature.ts';
import type { GraphHandle, Literal, Tensor, TensorLike } from '../core/tensor.ts';
import {
  type GraphDef,
  type VersionDef,
  VersionDef as VersionDefMessage,
} from '../formats/graph_messages.ts';
import {
  colocateArguments,
  elementArguments,
  graphDefArguments,
  uniqueNameArguments,
} from './arguments.ts';
import { type ControlFlowContext, checkContexts } from './control_context.ts';
import { ControlDependencies } from './control_dependencies.ts';
import { completedAttrs, createOpArguments, declarationOf, namedInputs } from './create_op.ts';
import { enterGraph } from './default_graph.ts';
import { type DeviceLike, mergeDevices } from './device.ts';
import { asGraphElement } from './elements.ts';
import { functionLibrary } from './function_def.ts';
import type { GraphFunction } from './function_graph.ts';
import { graphDefOf, PRODUCER } from './graph_def.ts';
import { Names } from './names.ts';
import { Operation, type OperationParts } from './operation.ts';
import { GraphRecords } from './records.ts';
import { SymbolicTensor } from './symbolic_tensor.ts';
import { type CreationTrace, CreationTraces } from './traceback.ts';

interface Colocation {
  readonly name: string;
  readonly device: string;
}

/** A TensorFlow computation, as a dataflow graph. It is also a mode: while it is the default graph, calling an op adds to it. */
export class Graph extends GraphRecords implements Mode, GraphHandle {
  readonly eager = false;
  /** The graph-level seed of random ops. */
  seed: number | null = null;
  readonly seeds: { graph: number | null; nextOp(): number };
  /** The branch or loop that is being built. @internal */
  _controlFlow: ControlFlowContext | null = null;
  /** Grows when an operation gets other inputs or control inputs. @internal */
  _revision = 0;
  /** @internal */
  readonly _names = new Names();
  private readonly operations: Operation[] = [];
  private readonly byName = new Map<string, Operation>();
  private readonly dependencies = new ControlDependencies();
  private devices: DeviceLike<Operation>[] = [];
  private colocations: Colocation[] = [];
  private namedColocation: readonly string[] = [];
  /** The device of what operations are placed with, which goes before any other. */
  private colocationDevice = '';
  private gradientOverrides: ReadonlyMap<string, string> = new Map();
  /** The forward operation whose gradient is being built. @internal */
  _originalOp: Operation | null = null;
  /** Where operations are created. @internal */
  readonly _traces = new CreationTraces();
  /** Where the operations of this gradient are created: they share what the first one saw. @internal */
  _gradientTrace: CreationTrace | null = null;

  private readonly library = new Map<string, GraphFunction>();
  /** What `as_graph_def` writes; an import may lower the producer. @internal */
  readonly _versions: VersionDef = new VersionDefMessage({ producer: PRODUCER });

  constructor() {
    super();
    const graph = this;
    this.seeds = {
      get graph() {
        return graph.seed;
      },
      set graph(seed: number | null) {
        graph.seed = seed;
      },
      nextOp: () => graph._last_id,
    };
  }

  // ---- building ------------------------------------------------------------------------------

  /** Adds an operation. @internal */
  apply(op: AnyOp, inputs: readonly Tensor[], attrs: Attrs, name: string): Operation {
    this.checkNotFinalized();
    const symbolic = this.own(inputs);
    const unique = this._names.forOperation(name);
    const inputOperations = new Set(symbolic.map((tensor) => tensor.op));
    return this.withReferences(references(op, symbolic), () =>
      this.append({
        name: unique,
        declaration: op,
        inputs: symbolic,
        attrs: this.withOverride(op, attrs),
        controlInputs: this.dependencies.forInputs(inputOperations),
        device: '',
        colocation:
          this.colocations.length > 0 ? this.colocations.map((c) => c.name) : this.namedColocation,
      }),
    );
  }

  /** An operation that takes a variable itself stands with the variable. */
  private withReferences<R>(references: readonly Tensor[], body: () => R): R {
    const [first, ...rest] = references;
    if (!first) return body();
    return this.colocateWith(first, () => this.withReferences(rest, body));
  }

  private append(parts: OperationParts): Operation {
    const operation = new Operation(this, this.operations.length + 1, parts);
    operation.device = this.colocationDevice || this.deviceOf(operation);
    this.operations.push(operation);
    this.byName.set(operation.name, operation);
    this.dependencies.record(operation);
    checkContexts(operation);
    const context = this._controlFlow;
    if (context !== null) this.adopt(operation, context);
    showCall(operation);
    return operation;
  }

  /** Adds an operation as a file describes it, under a free name. @internal */
  _addImported(parts: OperationParts): Operation {
    this.checkNotFinalized();
    const scope = this._names.current === '' ? '' : `${this._names.current}/`;
    let name = scope + parts.name;
    for (let i = 1; this.byName.has(name); i++) name = `${scope}${parts.name}_${i}`;
    this._names.reserve(name);
    return this.append({ ...parts, name });
  }

  /** Gives a new operation to `context`; what that adds is named after the operation, unless it is a constant. */
  private adopt(operation: Operation, context: ControlFlowContext): void {
    if (operation.type === 'Const') context.addOp(operation);
    else this.nameScope(`${operation.name}/`, () => context.addOp(operation));
  }

  /** The control inputs that an operation gets here if it reads `input`. @internal */
  _controlInputsFor(input: Operation): Operation[] {
    return this.dependencies.forInputs(new Set([input]));
  }

  /** Tells the blocks of control dependencies that `operation` depends on them. @internal */
  _recordDependent(operation: Operation): void {
    this.dependencies.record(operation);
  }

  private withOverride(op: AnyOp, attrs: Attrs): Attrs {
    const override = this.gradientOverrides.get(op.type);
    const placed = this._container !== '' && attrs.container === '';
    if (override === undefined && !placed) return attrs;
    return {
      ...attrs,
      ...(override !== undefined && { _gradient_op_type: override }),
      ...(placed && { container: this._container }),
    };
  }

  /** A constant of this graph. @internal */
  constant(value: Literal, name: string): Tensor {
    return applyOp(registry.get('Const')!, {}, { value, dtype: value.dtype }, name).outputs[0]!;
  }

  /** @internal */
  accept(tensor: Tensor, dtype: DType | null): Tensor {
    assertDType(tensor, dtype);
    if (tensor instanceof SymbolicTensor) return tensor;
    throw new RuntimeError(
      withHint(
        'Attempting to capture an EagerTensor without building a function.',
        'An eager tensor is not part of a graph. Bring it in as data: tf.constant(t.numpy()), or feed it.',
      ),
    );
  }

  protected own(inputs: readonly Tensor[]): SymbolicTensor[] {
    return inputs.map((input) => {
      const tensor = this.accept(input, null) as SymbolicTensor;
      if (tensor.graph !== this) {
        const first = inputs.find((other) => other.graph === this) ?? inputs[0]!;
        throw new ValueError(`${tensor} must be from the same graph as ${first}.`);
      }
      return tensor;
    });
  }

  // ---- scopes in force -----------------------------------------------------------------------

  /** @internal */
  nameScope<R>(name: string | null, body: (scope: string) => R): R {
    const { scope, exit } = this.enterNameScope(name);
    try {
      return body(scope);
    } finally {
      exit();
    }
  }

  /** @internal */
  enterNameScope(name: string | null): { readonly scope: string; exit(): void } {
    const previous = this._names.enter(name);
    const { current } = this._names;
    return {
      scope: current === '' ? '' : `${current}/`,
      exit: () => this._names.restore(previous),
    };
  }

  /** @internal */
  controlDependencies<R>(inputs: readonly unknown[] | null, body: () => R): R {
    const exit = this._enterControlDependencies(inputs);
    try {
      return body();
    } finally {
      exit();
    }
  }

  /** Enters a block of control dependencies; the result leaves it. @internal */
  _enterControlDependencies(inputs: readonly unknown[] | null): () => void {
    const operations = inputs?.map((input) => this.operationOf(input, false));
    const previous = this.dependencies.enter(operations ?? null);
    const context = this._controlFlow;
    if (inputs === null) this._controlFlow = null;
    return () => {
      this.dependencies.restore(previous);
      if (inputs === null) this._controlFlow = context;
    };
  }

  /** The operation that `obj` is or comes from; of a variable its read, or itself `asRef`. */
  private operationOf(obj: unknown, asRef: boolean): Operation {
    if (obj instanceof IndexedSlices) return obj.op as Operation;
    const given = asRef && obj instanceof Operand ? obj._toTensor(null, null, true) : obj;
    const element = this.as_graph_element(given);
    return element instanceof Operation ? element : element.op;
  }

  /** @internal */
  colocateWith<R>(tensor: TensorLike | null, body: () => R): R {
    const exit = this._enterColocation(tensor, tensor === null);
    try {
      return body();
    } finally {
      exit();
    }
  }

  /** @internal */
  onDevice<R>(device: string | null, body: () => R): R {
    const exit = this._enterDevice(device);
    try {
      return body();
    } finally {
      exit();
    }
  }

  /**
   * Runs `body` so that what it creates is placed with the operations `names`, which need not exist
   * yet; where a block of `colocate_with` is in force, that goes before. @internal
   */
  _colocateWithNames<R>(names: readonly string[], body: () => R): R {
    const previous = this.namedColocation;
    this.namedColocation = names;
    try {
      return body();
    } finally {
      this.namedColocation = previous;
    }
  }

  /** Enters a block whose operations are placed with `op`; the result leaves it. @internal */
  _enterColocation(op: unknown, ignoreExisting: boolean): () => void {
    if (op === null && !ignoreExisting) {
      throw new ValueError(
        'Trying to reset colocation (op is None) but ignore_existing is not True',
      );
    }
    const { colocations, devices, colocationDevice } = this;
    if (op !== null) {
      const operation = this.operationOf(op, true);
      const groups = operation.colocation.length > 0 ? operation.colocation : [operation.name];
      const added = groups.map((name) => ({ name, device: operation.device }));
      this.colocations = merged(ignoreExisting ? [] : this.colocations, added);
      if (operation.device !== '') this.colocationDevice = operation.device;
      else if (ignoreExisting) this.colocationDevice = '';
    } else {
      this.colocations = [];
      this.colocationDevice = '';
    }
    this.devices = [];
    return () => Object.assign(this, { colocations, devices, colocationDevice });
  }

  /** Runs `body`, which builds the gradient of `operation`. @internal */
  _gradientOf<R>(operation: Operation, body: () => R): R {
    const [previous, trace] = [this._originalOp, this._gradientTrace];
    this._originalOp = operation;
    this._gradientTrace = null;
    try {
      return body();
    } finally {
      this._originalOp = previous;
      this._gradientTrace = trace;
    }
  }

  /** Enters a device; the result leaves it. @internal */
  _enterDevice(device: DeviceLike<Operation>): () => void {
    const previous = this.devices;
    this.devices = device === null ? [] : [...previous, device];
    return () => {
      this.devices = previous;
    };
  }

  private deviceOf(operation: Operation): string {
    let device = operation.device;
    for (const next of [...this.devices].reverse()) {
      if (next === null) continue;
      if (typeof next === 'function') {
        operation.device = device;
        device = next(operation) ?? device;
      } else device = mergeDevices(device, next.toString());
    }
    return device;
  }

  /** Enters a map from op types to the registered gradients to use for them; the result leaves it. @internal */
  _enterGradientOverride(overrides: Readonly<Record<string, string>>): () => void {
    const previous = this.gradientOverrides;
    this.gradientOverrides = new Map([...previous, ...Object.entries(overrides)]);
    return () => {
      this.gradientOverrides = previous;
    };
  }

  // ---- TF1's methods -------------------------------------------------------------------------

  /** A context manager that makes this the default graph. */
  as_default(): ContextManager<Graph> {
    return enterGraph(this);
  }

  /** A name in the current scope that nothing has yet. */
  unique_name(...args: ArgsOf<typeof uniqueNameArguments>): string {
    const { name, mark_as_used } = uniqueNameArguments(...args);
    return this._names.unique(name, mark_as_used);
  }

  /** The name scope in force, without a closing `/`. */
  get_name_scope(): string {
    return this._names.current;
  }

  /** A context manager that prefixes the names of operations created in it; a name that ends in `/` is reentered, `null` leaves all scopes. */
  name_scope(name: string | null): ContextManager<string> {
    return scoped(() => {
      const { scope, exit } = this.enterNameScope(name);
      return [scope, exit];
    });
  }

  /** A context manager whose operations run after `control_inputs`; `null` clears what is in force. */
  control_dependencies(control_inputs: readonly unknown[] | null): ContextManager<void> {
    return entering(() => this._enterControlDependencies(control_inputs));
  }

  /** A context manager that places the operations created in it. */
  device(device_name_or_function: DeviceLike<Operation>): ContextManager<void> {
    return entering(() => this._enterDevice(device_name_or_function));
  }

  /** A context manager that places the operations created in it with `op`. */
  colocate_with(...args: ArgsOf<typeof colocateArguments>): ContextManager<void> {
    const { op, ignore_existing } = colocateArguments(...args);
    return entering(() => this._enterColocation(op, ignore_existing));
  }

  /** A context manager that uses other registered gradients: `{ Square: 'CustomSquare' }`. */
  gradient_override_map(op_type_map: Readonly<Record<string, string>>): ContextManager<void> {
    return entering(() => this._enterGradientOverride(op_type_map));
  }

  /** Adds an operation by its type and flat inputs; `attrs` are plain values by their names. ValueError for an unknown type. */
  create_op(...args: ArgsOf<typeof createOpArguments>): Operation {
    const { op_type, inputs, name, attrs } = createOpArguments(...args);
    const declaration = declarationOf(op_type);
    const complete = completedAttrs(declaration, inputs, attrs);
    const named = namedInputs(declaration, inputs, complete);
    return withMode(this, () => applyOp(declaration, named, complete, name)) as Operation;
  }

  /** The operations in order of creation. */
  get_operations(): Operation[] {
    return [...this.operations];
  }

  /** The operations without a copy. @internal */
  get _operations(): readonly Operation[] {
    return this.operations;
  }

  /** The operation called `name`, if there is one. @internal */
  _find(name: string): Operation | undefined {
    return this.byName.get(name);
  }

  /** The operation called `name`; KeyError where there is none. */
  get_operation_by_name(name: string): Operation {
    if (typeof name !== 'string')
      throw new TypeError(`Operation names are strings (or similar), not ${pythonType(name)}.`);
    return asGraphElement(this, name, false, true) as Operation;
  }

  /** The tensor called `name`: `'op:0'`; KeyError where there is none. */
  get_tensor_by_name(name: string): SymbolicTensor {
    if (typeof name !== 'string')
      throw new TypeError(`Tensor names are strings (or similar), not ${pythonType(name)}.`);
    return asGraphElement(this, name, true, false) as SymbolicTensor;
  }

  /** The tensor or operation that `obj` is, names, or stands for. */
  as_graph_element(...args: ArgsOf<typeof elementArguments>): SymbolicTensor | Operation {
    const { obj, allow_tensor, allow_operation } = elementArguments(...args);
    return asGraphElement(this, obj, allow_tensor, allow_operation);
  }

  /** Whether it is the body of a function: never, a graph of one's own. */
  get building_function(): boolean {
    return false;
  }

  /** The versions that `as_graph_def` writes. */
  get graph_def_versions(): VersionDef {
    const versions = new VersionDefMessage();
    versions.CopyFrom(this._versions);
    return versions;
  }

  /** The functions that operations may call, by name. @internal */
  get _functions(): Map<string, GraphFunction> {
    return this.library;
  }

  /** Grows by one with each operation. */
  get version(): number {
    return this.operations.length;
  }

  get _last_id(): number {
    return this.operations.length;
  }

  // ---- files ---------------------------------------------------------------------------------

  /** The graph as a message: the operations from `from_version` on, and the functions. */
  as_graph_def(...args: ArgsOf<typeof graphDefArguments>): GraphDef {
    const { from_version, add_shapes } = graphDefArguments(...args);
    const graphDef = graphDefOf(this.operations.slice(from_version ?? 0), add_shapes);
    const library = functionLibrary(this._functions);
    if (library) graphDef.library = library;
    graphDef.versions.CopyFrom(this._versions);
    return graphDef;
  }
}

/** The inputs that `op` takes as references to variables. */
function references(op: AnyOp, inputs: readonly Tensor[]): Tensor[] {
  if (!op.inputs.some((arg) => arg.isRef)) return [];
  const single = op.inputs.length === inputs.length;
  return inputs.filter((input, i) => input.dtype._is_ref_dtype && (!single || op.inputs[i]!.isRef));
}

/** Both lists in order of name, each name once. */
function merged(kept: readonly Colocation[], added: readonly Colocation[]): Colocation[] {
  const names = new Set(kept.map((c) => c.name));
  const all = [...kept, ...added.filter((c) => !names.has(c.name))];
  return all.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** A context manager from a function that enters and returns what leaves. */
function entering(enter: () => () => void): ContextManager<void> {
  return scoped(() => [undefined, enter()]);
}
