/**
 * What happens between a call of an op and the mode: inputs become tensors, types are inferred from
 * them, and both are checked, with the texts of `op_def_library.apply_op`.
 */

import { toTensor } from './convert.ts';
import type { DType } from './dtype.ts';
import { ValueError, withHint } from './errors.ts';
import type { Attrs } from './kernels.ts';
import { homeOf, type Mode, withMode } from './mode.ts';
import type { AnyOp } from './op.ts';
import type { ArgSpec, AttrSpec } from './op_language.ts';
import { Operand } from './operand.ts';
import { type Node, Tensor, type TensorLike } from './tensor.ts';

type Inputs = Readonly<Record<string, TensorLike | readonly TensorLike[]>>;
type Inferred = Record<string, unknown>;

/** Calls `op` in `mode`: converts, infers, checks, applies. */
export function inferCall(op: AnyOp, inputs: Inputs, given: Attrs, name: string, mode: Mode): Node {
  const home = mode.eager || mode.captures ? mode : (homeOfInputs(op, inputs) ?? mode);
  if (home !== mode) return withMode(home, () => inferCall(op, inputs, given, name, home));
  if (op.inputs.every((arg) => inputs[arg.name] instanceof Tensor)) {
    return convertAndApply(op, inputs, given, name, mode);
  }
  return mode.nameScope(name, (scope) => convertAndApply(op, inputs, given, scope, mode));
}

/** The graph of the first input that is in one. */
function homeOfInputs(op: AnyOp, inputs: Inputs): Mode | undefined {
  for (const arg of op.inputs) {
    const value = inputs[arg.name];
    const first = Array.isArray(value) ? value.find((one) => one instanceof Operand) : value;
    const home = first instanceof Operand ? homeOf(first) : undefined;
    if (home) return home;
  }
  return undefined;
}

function convertAndApply(op: AnyOp, inputs: Inputs, given: Attrs, name: string, mode: Mode): Node {
  const attrs: Inferred = {};
  for (const attr of op.attrs) {
    const value = given[attr.name];
    if (value !== undefined) attrs[attr.name] = value;
  }
  const flat: Tensor[] = [];
  for (const arg of op.inputs) {
    const value = inputs[arg.name];
    if (arg.numberAttr || arg.typeListAttr) {
      flat.push(...convertList(op, arg, value as readonly TensorLike[], attrs, inputs));
    } else {
      flat.push(convertOne(op, arg, value as TensorLike, attrs, inputs));
    }
  }
  for (const attr of op.attrs) completeAttr(op, attr, attrs);
  return mode.apply(op, flat, attrs, name);
}

function convertOne(
  op: AnyOp,
  arg: ArgSpec,
  value: TensorLike,
  attrs: Inferred,
  inputs: Inputs,
): Tensor {
  const wanted = arg.type ?? (attrs[arg.typeAttr!] as DType | undefined) ?? null;
  const preferred = wanted === null ? defaultType(op, arg.typeAttr!) : null;
  const tensor = convert(op, arg, value, wanted, preferred, inputs);
  const dtype = tensor.dtype.base_dtype;
  if (arg.isRef && !tensor.dtype._is_ref_dtype) {
    throw new TypeError(
      `'${op.type}' Op requires that input '${arg.name}' be a mutable tensor (e.g.: a tf.Variable)`,
    );
  }
  if (arg.typeAttr && wanted === null) {
    checkAllowed(attrOf(op, arg.typeAttr), dtype, arg.name);
    attrs[arg.typeAttr] = dtype;
  }
  return tensor;
}

function convert(
  op: AnyOp,
  arg: ArgSpec,
  value: TensorLike,
  wanted: DType | null,
  preferred: DType | null,
  inputs: Inputs,
): Tensor {
  let tensor: Tensor;
  try {
    tensor =
      value instanceof Operand
        ? toTensor(value, null, arg.name, preferred, arg.isRef)
        : toTensor(value, wanted, arg.name, preferred, arg.isRef);
  } catch (error) {
    if (wanted === null || value === null || value === undefined) throw error;
    if (!(error instanceof TypeError || error instanceof ValueError)) throw error;
    throw new TypeError(
      `Expected ${wanted.name} passed to parameter '${arg.name}' of op '${op.type}', got ${pythonText(value)} of type '${pythonType(value)}' instead.`,
    );
  }
  if (wanted !== null && tensor.dtype.base_dtype !== wanted.base_dtype)
    mismatch(op, arg, tensor, wanted, inputs);
  return tensor;
}

function mismatch(op: AnyOp, arg: ArgSpec, tensor: Tensor, wanted: DType, inputs: Inputs): never {
  const prefix = `Input '${arg.name}' of '${op.type}' Op has type ${tensor.dtype.base_dtype.name} that does not match`;
  const text = arg.type
    ? `${prefix} expected type of ${wanted.name}.`
    : `${prefix} type ${wanted.name} of argument '${sourceOf(op, arg, inputs)}'.`;
  throw new TypeError(withHint(text, integerHint(tensor, wanted)));
}

/** The argument that told the type attribute first. */
function sourceOf(op: AnyOp, arg: ArgSpec, _inputs: Inputs): string {
  return op.inputs.find((other) => other.typeAttr === arg.typeAttr)?.name ?? arg.name;
}

/** Rule: a plain number is float32. Where integers are wanted, say how to write one. */
function integerHint(tensor: Tensor, wanted: DType): string {
  const data = tensor.dtype.is_floating ? tensor.constant?.data : undefined;
  const isWhole = data !== undefined && Array.from<unknown>(data).every(Number.isInteger);
  if (!wanted.is_integer || !isWhole) return '';
  return `A plain number is float32 here, whole or not. Say the integer type: tf.constant(3, tf.${wanted.name}), tf.${wanted.name}(3), or tf.cast(x, tf.${wanted.name}).`;
}

function convertList(
  op: AnyOp,
  arg: ArgSpec,
  values: readonly TensorLike[],
  attrs: Inferred,
  inputs: Inputs,
): Tensor[] {
  if (!Array.isArray(values)) {
    throw new TypeError(
      `Expected list for '${arg.name}' argument to '${op.type}' Op, not ${pythonText(values)}.`,
    );
  }
  const list = values as readonly TensorLike[];
  if (arg.numberAttr) {
    if (arg.numberAttr in attrs && attrs[arg.numberAttr] !== list.length) {
      throw new ValueError(
        `List argument '${arg.name}' to '${op.type}' Op with length ${list.length} must match length ${attrs[arg.numberAttr]} of earlier argument.`,
      );
    }
    attrs[arg.numberAttr] = list.length;
    const { minimum } = attrOf(op, arg.numberAttr);
    if (minimum !== null && list.length < minimum) {
      throw new ValueError(
        `List argument '${arg.name}' to '${op.type}' Op with length ${list.length} shorter than minimum length ${minimum}.`,
      );
    }
  }
  return arg.typeListAttr
    ? convertMixed(arg, list, attrs)
    : convertAlike(op, arg, list, attrs, inputs);
}

/** A list of one type: the first tensor among the values says which. */
function convertAlike(
  op: AnyOp,
  arg: ArgSpec,
  values: readonly TensorLike[],
  attrs: Inferred,
  inputs: Inputs,
): Tensor[] {
  let wanted = arg.type ?? (attrs[arg.typeAttr!] as DType | undefined) ?? null;
  const told = wanted !== null;
  if (wanted === null) {
    const first = values.find((value) => value instanceof Tensor) as Tensor | undefined;
    wanted = first?.dtype.base_dtype ?? null;
  }
  const tensors: Tensor[] = [];
  values.forEach((value, i) => {
    const name = `${arg.name}_${i}`;
    const tensor =
      value instanceof Operand
        ? toTensor(value, null, name, null, arg.isRef)
        : toTensor(
            value,
            wanted,
            name,
            wanted === null ? defaultType(op, arg.typeAttr) : null,
            arg.isRef,
          );
    wanted ??= tensor.dtype.base_dtype;
    tensors.push(tensor);
  });
  if (tensors.some((t) => t.dtype.base_dtype !== wanted))
    listMismatch(op, arg, tensors, told ? wanted : null, inputs);
  if (arg.typeAttr && wanted !== null && !(arg.typeAttr in attrs)) {
    checkAllowed(attrOf(op, arg.typeAttr), wanted, arg.name);
    attrs[arg.typeAttr] = wanted;
  }
  return tensors;
}

function listMismatch(
  op: AnyOp,
  arg: ArgSpec,
  tensors: readonly Tensor[],
  told: DType | null,
  inputs: Inputs,
): never {
  const types = tensors.map((t) => t.dtype.base_dtype.name).join(', ');
  const prefix = `Tensors in list passed to '${arg.name}' of '${op.type}' Op have types [${types}]`;
  if (told === null) throw new TypeError(`${prefix} that don't all match.`);
  const end = arg.type
    ? `that do not match expected type ${told.name}.`
    : `that do not match type ${told.name} inferred from earlier arguments.`;
  throw new TypeError(`${prefix} ${end}${inputs ? '' : ''}`);
}

function convertMixed(arg: ArgSpec, values: readonly TensorLike[], attrs: Inferred): Tensor[] {
  const types = attrs[arg.typeListAttr!] as readonly DType[] | undefined;
  const tensors = values.map((value, i) =>
    toTensor(value, types?.[i] ?? null, `${arg.name}_${i}`, null, arg.isRef),
  );
  attrs[arg.typeListAttr!] ??= tensors.map((tensor) => tensor.dtype.base_dtype);
  return tensors;
}

function attrOf(op: AnyOp, name: string): AttrSpec {
  const attr = op.attrs.find((a) => a.name === name);
  if (!attr) throw new Error(`Op '${op.type}' has no attribute '${name}'.`);
  return attr;
}

function defaultType(op: AnyOp, attr: string | null): DType | null {
  return attr === null ? null : ((attrOf(op, attr).default as DType | undefined) ?? null);
}

function checkAllowed({ allowedTypes }: AttrSpec, dtype: DType, parameter: string): void {
  if (allowedTypes === null || allowedTypes.includes(dtype)) return;
  const list = allowedTypes.map((t) => t.name).join(', ');
  const text = `Value passed to parameter '${parameter}' has DataType ${dtype.name} not in list of allowed values: ${list}`;
  const wantsIntegers = dtype.is_floating && allowedTypes.every((t) => !t.is_floating);
  throw new TypeError(
    withHint(
      text,
      wantsIntegers
        ? 'A plain number is float32 here. Say the integer type: tf.constant(3, tf.int32), or tf.cast(x, tf.int32).'
        : '',
    ),
  );
}

/** Fills in a default and checks what was given. */
function completeAttr(op: AnyOp, attr: AttrSpec, attrs: Inferred): void {
  if (!(attr.name in attrs)) {
    if (!attr.hasDefault) {
      if (attr.type === 'func') return;
      throw new TypeError(`No argument for attr ${attr.name} of op '${op.type}'`);
    }
    attrs[attr.name] = attr.default;
    return;
  }
  const value = attrs[attr.name];
  if (attr.allowedStrings && typeof value === 'string' && !attr.allowedStrings.includes(value)) {
    const list = attr.allowedStrings.map((s) => `"${s}"`).join(', ');
    throw new ValueError(
      `Value for attr '${attr.name}' of "${value}" is not in the list of allowed values: ${list}`,
    );
  }
  if (attr.allowedTypes && attr.type === 'type')
    checkAllowed(attr, (value as DType).base_dtype, attr.name);
  if (attr.minimum !== null && typeof value === 'number' && value < attr.minimum) {
    throw new ValueError(
      `Attr '${attr.name}' of '${op.type}' Op passed ${value} less than minimum ${attr.minimum}.`,
    );
  }
}

/** A value as Python prints it in an error. */
export function pythonText(value: unknown): string {
  if (value === null || value === undefined) return 'None';
  if (typeof value === 'string') return `'${value}'`;
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (Array.isArray(value)) return `[${value.map(pythonText).join(', ')}]`;
  return String(value);
}

/** The name of a value's type as Python has it. */
export function pythonType(value: unknown): string {
  if (value === null || value === undefined) return 'NoneType';
  if (typeof value === 'number') return Number.isInteger(value) ? 'int' : 'float';
  if (typeof value === 'string') return 'str';
  if (typeof value === 'boolean') return 'bool';
  if (Array.isArray(value)) return 'list';
  return typeof value === 'object' ? value.constructor.name : typeof value;
}
