/**
 * Variables behind resource handles: `use_resource: true`, and all variables of eager mode. Each use
 * reads the variable anew, so what it gives depends only on what ran before.
 */

import { toTensor } from '../core/convert.ts';
import type { DType } from '../core/dtype.ts';
import { NotImplementedError, RuntimeError } from '../core/errors.ts';
import type { IndexedSlices } from '../core/indexed_slices.ts';
import {
  controlDependencies,
  currentMode,
  executing_eagerly,
  nameScope,
  onDevice,
} from '../core/mode.ts';
import { type ShapeLike, TensorShape } from '../core/shape.ts';
import { type ArgsOf, signature } from '../core/signature.ts';
import type { Name, Node, Tensor, TensorLike } from '../core/tensor.ts';
import type { EagerTensor } from '../eager/eager_tensor.ts';
import type { VariableDef } from '../formats/meta_graph_messages.ts';
import { GraphKeys } from '../graph/collections.ts';
import { get_default_graph } from '../graph/default_graph.ts';
import { Graph } from '../graph/graph.ts';
import {
  AssignAddVariableOp,
  AssignSubVariableOp,
  AssignVariableOp,
  ReadVariableOp,
  ResourceCountUpTo,
  ResourceGather,
  ResourceScatterSub,
  ResourceStridedSliceAssign,
  VarHandleOp,
  VarIsInitializedOp,
} from '../ops/resource_variables.ts';
import { identity } from '../ops/shape.ts';
import type { SliceInputs } from '../ops/slice.ts';
import {
  makerOf,
  requireInitialValue,
  type VariableArguments,
  variableArguments,
} from './arguments.ts';
import { checkOutside, guarded } from './initial_value.ts';
import { type Assigned, registerResourceVariables, slicesOf, Variable } from './variable.ts';
import { importedParts, VariableParts } from './variable_parts.ts';

const assignArguments = signature(
  ['value', 'use_locking', 'name', 'read_value'],
  (
    value: TensorLike,
    _use_locking: boolean = false,
    name: Name = null,
    read_value: boolean = true,
  ) => ({ value, name, read_value }),
  { name: 'assign' },
);
const updateArguments = signature(
  ['delta', 'use_locking', 'name', 'read_value'],
  (
    delta: TensorLike,
    _use_locking: boolean = false,
    name: Name = null,
    read_value: boolean = true,
  ) => ({ value: delta, name, read_value }),
  { name: 'assign' },
);
const gatherArguments = signature(
  ['indices', 'name'],
  (indices: TensorLike, name: Name = null) => ({ indices, name }),
  { name: 'sparse_read' },
);
const slicesArguments = signature(
  ['sparse_delta', 'use_locking'],
  (sparse_delta: IndexedSlices, _use_locking: boolean = false) => slicesOf(sparse_delta),
  { name: 'scatter_sub' },
);
const limitArguments = signature(['limit'], (limit: number) => limit, { name: 'count_up_to' });

type AssignOp = (inputs: { resource: Tensor; value: Tensor }, attrs: object, name: Name) => Node;

/** A variable behind a resource handle. `tf.contrib.eager.Variable` */
export class ResourceVariable extends Variable {
  /** The read that sessions fetch. */
  private readonly element: Tensor | null;

  /**
   * Makes a variable of `initial_value`: in eager mode it has that value at once, in a graph when
   * `initializer` runs. ValueError without a value.
   */
  constructor(...args: ArgsOf<typeof variableArguments>);
  /** @internal */
  constructor(parts: VariableParts);
  constructor(...args: unknown[]) {
    const [first] = args;
    if (first instanceof VariableParts) super(first);
    else {
      const call = variableArguments(...(args as ArgsOf<typeof variableArguments>));
      const parts = call.variable_def
        ? importedParts(call.variable_def, call.import_scope)
        : builtParts(call);
      super(parts);
      if (!call.variable_def) this.collect(call.collections);
    }
    if (executing_eagerly()) Object.assign(this.handle.handleData!, { variable: this });
    this.element = this.parts.snapshot;
  }

  private collect(collections: readonly string[]): void {
    if (!executing_eagerly()) get_default_graph().add_to_collections(collections, this);
    else if (collections.includes(GraphKeys.GLOBAL_STEP))
      get_default_graph().add_to_collection(GraphKeys.GLOBAL_STEP, this);
  }

  /** The variable that `variable_def` of a meta graph describes, in the default graph. */
  static override from_proto(
    variable_def: VariableDef,
    import_scope: string | null = null,
  ): ResourceVariable {
    return new ResourceVariable(new VariableParts(importedParts(variable_def, import_scope)));
  }

  // ---- what it is ----------------------------------------------------------------------------

  /** @internal */
  override get isResource(): boolean {
    return true;
  }
  /** The resource handle. */
  get handle(): Tensor {
    return this.parts.tensor;
  }
  override get dtype(): DType {
    return this.handle.handleData!.dtype;
  }
  override get shape(): TensorShape {
    return TensorShape.of(this.handle.handleData!.dims);
  }
  override get initial_value(): Tensor | null {
    if (executing_eagerly()) throw new RuntimeError('initial_value not supported in EAGER mode.');
    return super.initial_value;
  }
  /** The operation that makes the handle, for `tf.create`-style APIs. */
  get create(): Node {
    if (executing_eagerly()) {
      throw new RuntimeError('Calling create in EAGER mode not supported.');
    }
    return this.initializer;
  }
  override set_shape(shape: ShapeLike): void {
    this.shape.assert_is_compatible_with(shape);
  }

  // ---- reading -------------------------------------------------------------------------------

  override value(): Tensor {
    const { cachingDevice, snapshot } = this.parts;
    if (cachingDevice !== null && snapshot) return snapshot;
    return apart(() => this.read());
  }

  override read_value(): Tensor {
    const value = nameScope('Read', 'Read', () => this.read());
    return identity(value);
  }

  /** Rows of the value, read without the rest of it. */
  sparse_read(...args: ArgsOf<typeof gatherArguments>): Tensor {
    const { indices, name } = gatherArguments(...args);
    return nameScope(name, 'Gather', (scope) =>
      ResourceGather({ resource: this.handle, indices }, { dtype: this.dtype }, scope),
    );
  }

  /** Whether it has a value yet. */
  is_initialized(name: Name = null): Tensor {
    return VarIsInitializedOp({ resource: this.handle }, {}, name);
  }

  /** @internal */
  protected read(): Tensor {
    return ReadVariableOp({ resource: this.handle }, { dtype: this.dtype });
  }

  override initialized_value(): Tensor {
    return executing_eagerly() ? this.value() : super.initialized_value();
  }

  // ---- changing ------------------------------------------------------------------------------

  override assign(...args: ArgsOf<typeof assignArguments>): Assigned {
    return this.change(AssignVariableOp, assignArguments(...args));
  }
  override assign_add(...args: ArgsOf<typeof updateArguments>): Assigned {
    return this.change(AssignAddVariableOp, updateArguments(...args));
  }
  override assign_sub(...args: ArgsOf<typeof updateArguments>): Assigned {
    return this.change(AssignSubVariableOp, updateArguments(...args));
  }

  private change(
    op: AssignOp,
    { value, name, read_value }: ReturnType<typeof assignArguments>,
  ): Assigned {
    const tensor = toTensor(value, this.dtype);
    this.shape.assert_is_compatible_with(tensor.shape);
    const node = op({ resource: this.handle, value: tensor }, {}, name);
    return read_value ? this._readAfter(node) : (node as never);
  }

  override scatter_sub(...args: ArgsOf<typeof slicesArguments>): Assigned {
    const { indices, values } = slicesArguments(...args);
    return this._readAfter(
      ResourceScatterSub({ resource: this.handle, indices, updates: values }, {}),
    );
  }

  /** @internal */
  override _assignSlice(
    { masks, ...ranges }: SliceInputs,
    value: TensorLike,
    name: Name,
  ): Assigned {
    const inputs = { ref: this.handle, ...ranges, value: toTensor(value, this.dtype) };
    return this._readAfter(ResourceStridedSliceAssign(inputs, masks, name));
  }

  override count_up_to(...args: ArgsOf<typeof limitArguments>): Tensor {
    const limit = limitArguments(...args);
    return ResourceCountUpTo({ resource: this.handle }, { limit, T: this.dtype });
  }

  /** The variable as it is after `node`, which changes it. @internal */
  _readAfter(node: Node): ResourceVariable {
    return executing_eagerly() ? this : new ChangedVariable(this.parts, node);
  }

  override load(...args: Parameters<Variable['load']>): void {
    if (executing_eagerly()) this.assign(args[0] as TensorLike);
    else super.load(...args);
  }

  // ---- how the rest of the library sees it ---------------------------------------------------

  /** @internal */
  override _isInitialized(name: Name = null): Tensor {
    return this.is_initialized(name);
  }

  /** @internal */
  override _as_graph_element(): unknown {
    return this.element;
  }

  override toString(): string {
    const what = `<tf.Variable '${this.name}' shape=${this.shape} dtype=${this.dtype.name}`;
    return executing_eagerly()
      ? `${what}, numpy=${(this.read_value() as EagerTensor)._text(true)}>`
      : `${what}>`;
  }
}

registerResourceVariables((call) => new ResourceVariable({ ...call, use_resource: false }));

/** A variable right after an assignment: every read of it waits for that. */
class ChangedVariable extends ResourceVariable {
  private readonly parent: Node;
  private readonly after: Tensor;

  constructor(parts: VariableParts, parent: Node) {
    super(new VariableParts({ ...parts, initializer: null, snapshot: null, cachingDevice: null }));
    this.parent = parent;
    this.after = this.read();
  }

  override get op(): Node {
    return this.parent;
  }

  protected override read(): Tensor {
    return controlDependencies([this.parent], () => super.read());
  }

  override _as_graph_element(): Tensor {
    return this.after;
  }
}

/** Runs `body` without the colocation in force. */
function apart<R>(body: () => R): R {
  const mode = currentMode();
  if (!(mode instanceof Graph)) return body();
  const exit = mode._enterColocation(null, true);
  try {
    return body();
  } finally {
    exit();
  }
}

// ---- building ----------------------------------------------------------------------------------

let uid = 0;

function builtParts(call: VariableArguments): VariableParts {
  const given = requireInitialValue(call);
  const make = makerOf(given);
  return controlDependencies(null, () =>
    nameScope(call.name, 'Variable', (scope) => {
      const mode = currentMode();
      const name = scope.replace(/\/$/, '');
      const build = (): readonly [Tensor, Tensor] => {
        const value = onDevice(null, () =>
          nameScope('Initializer', 'Initializer', () =>
            toTensor(make ? make() : (given as TensorLike), call.dtype, 'initial_value'),
          ),
        );
        if (!make) checkOutside(value, scope);
        return [value, handleOf(value, call, mode.eager ? `${name}_${uid++}` : name, scope)];
      };
      const [initial, handle] =
        mode instanceof Graph ? mode._colocateWithNames([name], build) : build();
      return mode.eager
        ? eagerParts(call, name, initial, handle)
        : graphParts(call, scope, initial, handle);
    }),
  );
}

function handleOf(
  initial: Tensor,
  { trainable }: VariableArguments,
  shared_name: string,
  scope: string,
): Tensor {
  const dtype = initial.dtype.base_dtype;
  const handle = VarHandleOp({}, { shape: initial.dims, dtype, shared_name }, scope);
  Object.assign(handle.handleData!, { trainable });
  return handle;
}

function eagerParts(
  call: VariableArguments,
  name: string,
  initial: Tensor,
  handle: Tensor,
): VariableParts {
  if (call.caching_device !== null) {
    throw new NotImplementedError(
      'Caching devices is not yet supported when eager execution is enabled.',
    );
  }
  AssignVariableOp({ resource: handle, value: initial });
  return new VariableParts({
    tensor: handle,
    snapshot: null,
    initialValue: null,
    initializer: null,
    name: `${name}:0`,
    trainable: call.trainable,
    constraint: call.constraint,
    cachingDevice: null,
  });
}

function graphParts(
  call: VariableArguments,
  scope: string,
  initial: Tensor,
  handle: Tensor,
): VariableParts {
  const dtype = initial.dtype.base_dtype;
  nameScope('IsInitialized', 'IsInitialized', () => VarIsInitializedOp({ resource: handle }));
  const assign = (name: string) =>
    AssignVariableOp({ resource: handle, value: guarded(initial, scope) }, {}, name);
  const initializer = nameScope('Assign', 'Assign', (name) =>
    apart(() =>
      handle.device === '' ? assign(name) : onDevice(handle.device, () => assign(name)),
    ),
  );
  const snapshot = nameScope('Read', 'Read', () => {
    const read = ReadVariableOp({ resource: handle }, { dtype });
    const device = call.caching_device;
    return device === null ? read : apart(() => onDevice(device, () => identity(read)));
  });
  return new VariableParts({
    tensor: handle,
    snapshot,
    initialValue: initial,
    initializer,
    name: null,
    trainable: call.trainable,
    constraint: call.constraint,
    cachingDevice: call.caching_device,
  });
}
