/**
 * What a saver saves: for each name in the checkpoint a tensor to write, and a way to put what was
 * read back. Variables have theirs here; other objects bring their own.
 */

import { toTensor } from '../core/convert.ts';
import type { DType } from '../core/dtype.ts';
import { NotImplementedError, ValueError } from '../core/errors.ts';
import { executing_eagerly, onDevice } from '../core/mode.ts';
import type { Operand } from '../core/operand.ts';
import type { TensorShape } from '../core/shape.ts';
import { isPlainObject } from '../core/signature.ts';
import { type Node, Tensor, type TensorLike } from '../core/tensor.ts';
import { AssignVariableOp } from '../ops/resource_variables.ts';
import { identity, reshape } from '../ops/shape.ts';
import { PartitionedVariable, ResourceVariable, Variable } from '../variables/index.ts';
import { assign } from '../variables/updates.ts';

/** One tensor of a saveable, and its place in the checkpoint. */
export class SaveSpec {
  private readonly source: Operand | (() => Operand);
  /** Which slice of what it is; empty for all of it. */
  readonly slice_spec: string;
  /** Its name in the checkpoint. */
  readonly name: string;
  readonly dtype: DType;

  /** `tensor` may be a function that makes it when it is to be saved. */
  constructor(
    tensor: Operand | (() => Operand),
    slice_spec: string,
    name: string,
    dtype: DType | null = null,
  ) {
    this.source = tensor;
    this.slice_spec = slice_spec;
    this.name = name;
    this.dtype = (dtype ?? (tensor as Tensor).dtype).base_dtype;
  }

  /** The tensor, or the variable, to write. */
  get tensor(): Operand {
    return typeof this.source === 'function' ? this.source() : this.source;
  }
}

/** An object that a saver can save and restore. */
export class SaveableObject {
  /** What it is made of: no two saveables of a saver have the same. */
  readonly op: unknown;
  readonly specs: readonly SaveSpec[];
  readonly name: string;

  constructor(op: unknown, specs: readonly SaveSpec[], name: string) {
    this.op = op;
    this.specs = specs;
    this.name = name;
  }

  /** Where its tensors are. */
  get device(): string {
    return (this.specs[0]!.tensor as Tensor).device;
  }

  /** The operation that puts back what was read; `restored_shapes` are given where a saver reshapes. */
  restore(
    _restored_tensors: readonly Tensor[],
    _restored_shapes: readonly (TensorShape | Tensor)[] | null,
  ): Node | Operand {
    throw new NotImplementedError('Calling an abstract method.');
  }
}

/** What was read, in the shape of the variable where the saver reshapes. */
function reshaped(
  tensors: readonly Tensor[],
  shapes: readonly (TensorShape | Tensor)[] | null,
): Tensor {
  return shapes === null ? tensors[0]! : reshape(tensors[0]!, shapes[0]! as TensorLike);
}

/** A variable behind a reference, or a slice of one. */
export class VariableSaveable extends SaveableObject {
  private readonly target: Tensor | Variable;

  constructor(variable: Tensor | Variable, slice_spec: string, name: string) {
    super(variable, [new SaveSpec(variable, slice_spec, name)], name);
    this.target = variable;
  }

  override restore(
    restored_tensors: readonly Tensor[],
    restored_shapes: readonly (TensorShape | Tensor)[] | null,
  ): Node | Operand {
    const validate_shape = restored_shapes === null && this.target.get_shape().is_fully_defined();
    return assign(this.target, reshaped(restored_tensors, restored_shapes), { validate_shape });
  }
}

/** A variable behind a resource handle, or a slice of one. */
export class ResourceVariableSaveable extends SaveableObject {
  private readonly handle: Tensor;
  private readonly shape: TensorShape;
  private readonly place: string;

  constructor(variable: Tensor | ResourceVariable, slice_spec: string, name: string) {
    const handle = variable instanceof ResourceVariable ? variable.handle : variable.op.inputs[0]!;
    const tensor =
      variable instanceof ResourceVariable
        ? () => onDevice(variable.device, () => readOnHost(variable))
        : variable;
    super(variable, [new SaveSpec(tensor, slice_spec, name, variable.dtype)], name);
    this.handle = handle;
    this.shape = variable.get_shape();
    this.place = variable.device;
  }

  override get device(): string {
    return this.place;
  }

  override restore(
    restored_tensors: readonly Tensor[],
    restored_shapes: readonly (TensorShape | Tensor)[] | null,
  ): Node | Operand {
    const tensor = reshaped(restored_tensors, restored_shapes);
    return onDevice(this.place, () => {
      const value = identity(tensor);
      this.shape.assert_is_compatible_with(value.get_shape());
      return AssignVariableOp({ resource: this.handle, value });
    });
  }
}

function readOnHost(variable: ResourceVariable): Tensor {
  const value = variable.read_value();
  return onDevice('/device:CPU:0', () => identity(value));
}

// ---- what is to be saved -----------------------------------------------------------------------

/** What one name may stand for: a variable, the slices of one, or another saveable. */
export type Saved = Operand | SaveableObject | PartitionedVariable | readonly Variable[];
/** What a saver is given: variables, or variables by the names they have in the checkpoint. */
export type VarList =
  | readonly (Operand | SaveableObject)[]
  | Readonly<Record<string, Saved>>
  | ReadonlyMap<string, Saved>;

const REFERENCES = ['Variable', 'VariableV2', 'AutoReloadVariable'];
const RESOURCES = ['VarHandleOp', 'ReadVariableOp', 'ResourceGather', '_ReadVariablesOp'];

function isVariableTensor(tensor: Tensor): boolean {
  return REFERENCES.includes(tensor.op.type) || RESOURCES.includes(tensor.op.type);
}

/** The reference to a variable, or the read of one behind a handle. */
function tensorOf(variable: Operand): Tensor {
  if (variable instanceof ResourceVariable) return variable._as_graph_element() as Tensor;
  return toTensor(variable, null, null, null, true);
}

/** Variables by the names that their operations have; slices of one variable come together. */
export function op_list_to_dict(
  op_list: readonly (Operand | SaveableObject)[],
): Map<string, Saved> {
  if (!Array.isArray(op_list)) {
    throw new TypeError(`Variables to save should be passed in a dict or a list: ${op_list}`);
  }
  const named = new Map<string, Saved>();
  const sorted = [...(op_list as readonly { readonly name: string }[])].sort((a, b) =>
    a.name < b.name ? -1 : a.name > b.name ? 1 : 0,
  );
  for (const one of sorted as readonly unknown[]) addNamed(named, one as Operand);
  return named;
}

function addNamed(named: Map<string, Saved>, one: Operand | SaveableObject): void {
  if (one instanceof SaveableObject) named.set(one.name, one);
  else if (one instanceof PartitionedVariable) addOnce(named, one.name, one);
  else if (one instanceof Variable && one._get_save_slice_info()) {
    const name = one._get_save_slice_info()!.full_name;
    const slices = named.get(name) ?? [];
    if (!Array.isArray(slices)) {
      throw new ValueError(`Mixing slices and non-slices with the same name: ${name}`);
    }
    named.set(name, [...slices, one]);
  } else if (executing_eagerly()) addEager(named, one);
  else {
    const tensor = tensorOf(one);
    if (!isVariableTensor(tensor)) {
      throw new TypeError(`Variable to save is not a Variable: ${tensor}`);
    }
    const { op } = tensor;
    addOnce(named, op.type === 'ReadVariableOp' ? op.inputs[0]!.op.name : op.name, tensor);
  }
}

function addOnce(named: Map<string, Saved>, name: string, one: Saved): void {
  if (named.has(name)) {
    throw new ValueError(`At least two variables have the same name: ${name}`);
  }
  named.set(name, one);
}

function addEager(named: Map<string, Saved>, one: Operand): void {
  if (!(one instanceof ResourceVariable)) {
    throw new ValueError(
      `Can only save/restore ResourceVariable eager mode is enabled, type: ${typeof one}.`,
    );
  }
  const name = one._shared_name;
  if ((named.get(name) ?? one) !== one) {
    throw new ValueError(
      `Two different ResourceVariable objects with the same shared_name '${name}' were passed to the Saver. This likely means that they were created in different Graphs or isolation contexts, and may not be checkpointed together.`,
    );
  }
  named.set(name, one);
}

/** The saveables of variables by name, sorted by name. TypeError and ValueError for what cannot be saved. */
export function saveablesOf(names_to_saveables: VarList): SaveableObject[] {
  const saveables: SaveableObject[] = [];
  const seen = new Set<unknown>();
  for (const [name, one] of sortedEntries(names_to_saveables)) {
    for (const saveable of saveablesFor(one, name)) {
      if (seen.has(saveable.op)) {
        throw new ValueError(`The same saveable will be restored with two names: ${saveable.name}`);
      }
      seen.add(saveable.op);
      saveables.push(saveable);
    }
  }
  return saveables;
}

function sortedEntries(list: VarList): [string, Saved][] {
  const named =
    list instanceof Map
      ? list
      : isPlainObject(list)
        ? new Map(Object.entries(list as Record<string, Saved>))
        : op_list_to_dict(list as readonly Operand[]);
  const entries = [...(named as ReadonlyMap<string, Saved>)];
  return entries.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
}

function saveablesFor(one: Saved, name: unknown): SaveableObject[] {
  if (typeof name !== 'string') {
    throw new TypeError(
      `names_to_saveables must be a dict mapping string names to checkpointable operations. Name is not a string: ${name}`,
    );
  }
  if (one instanceof SaveableObject) return [one];
  if (Array.isArray(one) || one instanceof PartitionedVariable) return slicesFor([...one], name);
  if (executing_eagerly()) {
    if (!(one instanceof ResourceVariable)) {
      throw new ValueError(
        `Can only save/restore ResourceVariable eager mode is enabled, type: ${typeof one}.`,
      );
    }
    return [new ResourceVariableSaveable(one, '', name)];
  }
  const variable = one instanceof Tensor ? one : tensorOf(one as Operand);
  if (!isVariableTensor(variable)) {
    throw new TypeError(
      `names_to_saveables must be a dict mapping string names to Tensors/Variables. Not a variable: ${variable}`,
    );
  }
  return [saveableOf(variable, variable.op.type, '', name)];
}

function saveableOf(
  variable: Tensor | Variable,
  type: string,
  slice: string,
  name: string,
): SaveableObject {
  return REFERENCES.includes(type)
    ? new VariableSaveable(variable, slice, name)
    : new ResourceVariableSaveable(variable as ResourceVariable, slice, name);
}

function slicesFor(variables: readonly unknown[], name: string): SaveableObject[] {
  let whole: string | null = null;
  return variables.map((variable) => {
    if (!(variable instanceof Variable)) {
      throw new ValueError(`Slices must all be Variables: ${variable}`);
    }
    const info = variable._get_save_slice_info();
    if (!info) throw new ValueError(`Slices must all be slices: ${variable}`);
    whole ??= info.full_name;
    if (whole !== info.full_name) {
      throw new ValueError(
        `Slices must all be from the same tensor: ${whole} != ${info.full_name}`,
      );
    }
    return saveableOf(variable, variable.op.type, info.spec, name);
  });
}
