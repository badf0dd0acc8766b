/** What is checked of the nodes of a file before and while they become operations, with TensorFlow's texts. */

import { DType, protoName } from '../core/dtype.ts';
import { NotFoundError, ValueError, withHint } from '../core/errors.ts';
import type { Attrs } from '../core/kernels.ts';
import type { AnyOp } from '../core/op.ts';
import type { ArgSpec, AttrSpec } from '../core/op_language.ts';
import type { AttrValue } from '../formats/graph_messages.ts';
import type { SymbolicTensor } from './symbolic_tensor.ts';

const VALID_NAME = /^[A-Za-z0-9.][A-Za-z0-9_.\-/>]*$/;

/** What checks look at of a node. */
export interface CheckedNode {
  readonly name: string;
  readonly op: string;
  readonly input: readonly string[];
}

/** NotFoundError for the first of `missing` ops, which names them all. */
export function checkMissing(missing: readonly string[]): void {
  if (missing.length === 0) return;
  throw new NotFoundError(
    null,
    null,
    withHint(
      `Op type not registered '${missing[0]}' in binary running on ${globalThis.process?.platform ?? 'browser'}. Make sure the Op and Kernel are registered in the binary running in this process.`,
      `The file needs ${missing.length === 1 ? 'an op that is' : 'ops that are'} not here: ${missing.join(', ')}.`,
    ),
  );
}

/** Names are valid and each is there once, and control inputs stand last. */
export function checkNodes(nodes: readonly CheckedNode[]): void {
  const names = new Set<string>();
  for (const { name, input } of nodes) {
    if (!VALID_NAME.test(name)) {
      throw new ValueError(`Node '${name}': Node name contains invalid characters`);
    }
    if (names.has(name)) throw new ValueError(`Node '${name}' is not unique`);
    names.add(name);
    const control = input.findIndex((text) => text.startsWith('^'));
    if (control >= 0 && input.slice(control).some((text) => !text.startsWith('^'))) {
      throw new ValueError(
        `Node '${name}': Control dependencies must come after regular dependencies`,
      );
    }
  }
}

/** The inputs are as many as the op takes, and of its types. */
export function checkInputs(
  op: AnyOp,
  attrs: Attrs,
  inputs: readonly SymbolicTensor[],
  name: string,
): void {
  checkCounts(op, attrs, name);
  const expected = op.inputs.flatMap((arg) => typesOf(arg, attrs));
  if (expected.length !== inputs.length) {
    throw new ValueError(
      `NodeDef expected inputs '${expected.map(typeText).join(', ')}' do not match ${inputs.length} inputs specified; ${opText(op)}; NodeDef: {{node ${name}}}`,
    );
  }
  inputs.forEach((input, i) => {
    const type = expected[i]!;
    if (input.dtype === type || (!type._is_ref_dtype && input.dtype.base_dtype === type)) return;
    throw new ValueError(
      `Input ${i} of node ${name} was passed ${typeText(input.dtype)} from ${input.name} incompatible with expected ${typeText(type)}.`,
    );
  });
}

/** A file of a few bytes could ask for any number of inputs and outputs. */
const MOST_TENSORS = 1 << 16;

function checkCounts(op: AnyOp, attrs: Attrs, name: string): void {
  for (const { numberAttr } of [...op.inputs, ...op.outputs]) {
    if (numberAttr === null) continue;
    const count = attrs[numberAttr];
    if (typeof count === 'number' && count >= 0 && count <= MOST_TENSORS) continue;
    throw new ValueError(
      `Attr '${numberAttr}' of ${opText(op)} is ${String(count)}, and at most ${MOST_TENSORS} tensors can be in a list; NodeDef: {{node ${name}}}`,
    );
  }
}

function typesOf(arg: ArgSpec, attrs: Attrs): DType[] {
  if (arg.typeListAttr) return [...((attrs[arg.typeListAttr] ?? []) as readonly DType[])];
  const base = arg.type ?? (attrs[arg.typeAttr!] as DType).base_dtype;
  const dtype = arg.isRef ? base._as_ref : base;
  return arg.numberAttr ? new Array<DType>(attrs[arg.numberAttr] as number).fill(dtype) : [dtype];
}

const TYPE_NAMES: Readonly<Record<string, string>> = {
  float32: 'float',
  float64: 'double',
  float16: 'half',
};

/** A type as TensorFlow's C++ names it: `float`, `double_ref`. */
function typeText(dtype: DType): string {
  const { name } = dtype.base_dtype;
  return `${TYPE_NAMES[name] ?? name}${dtype._is_ref_dtype ? '_ref' : ''}`;
}

/** The member of AttrValue that each type of attribute has. */
const MEMBERS: Readonly<Record<string, string>> = {
  int: 'i',
  float: 'f',
  bool: 'b',
  string: 's',
  type: 'type',
  shape: 'shape',
  tensor: 'tensor',
  func: 'func',
};
const TYPES: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(MEMBERS).map(([type, member]) => [member, type]),
);

/** The message has the member that the attribute's type has. */
export function checkMember(op: AnyOp, spec: AttrSpec, value: AttrValue, name: string): void {
  const member = value.WhichOneof('value');
  const isList = spec.type.startsWith('list(');
  if (member === null || member === (isList ? 'list' : MEMBERS[spec.type])) return;
  throw new ValueError(
    `AttrValue had value with type '${TYPES[member] ?? member}' when '${spec.type}' expected\n\t for attr '${spec.name}'\n\t; NodeDef: {{node ${name}}}; ${opText(op)}`,
  );
}

/**
 * A type is one that the op takes. Newer files may have numbers of further types, which the kernels
 * then take or refuse.
 */
export function checkType(op: AnyOp, spec: AttrSpec, value: unknown, name: string): void {
  const allowed = spec.allowedTypes;
  if (!allowed || !(value instanceof DType) || allowed.includes(value.base_dtype)) return;
  if (isNumber(value) && allowed.some(isNumber)) return;
  throw new ValueError(
    `Value for attr '${spec.name}' of ${typeText(value)} is not in the list of allowed values: ${allowed.map(typeText).join(', ')}\n\t; NodeDef: {{node ${name}}}; ${opText(op)}`,
  );
}

const isNumber = ({ is_integer, is_floating, is_complex, is_quantized }: DType) =>
  is_integer || is_floating || is_complex || is_quantized;

/** ValueError for an attribute that has no default and is not there. */
export function missingAttr(op: AnyOp, spec: AttrSpec, name: string): ValueError {
  return new ValueError(
    `NodeDef missing attr '${spec.name}' from ${opText(op)}; NodeDef: {{node ${name}}}`,
  );
}

/** The op as TensorFlow's errors show it: `Op<name=Identity; signature=input:T -> output:T; attr=T:type>`. */
function opText(op: AnyOp): string {
  const args = (texts: readonly string[]) =>
    texts.map((text) => text.replace(': ', ':')).join(', ');
  const attrs = op.attrs.map((spec, i) => `; attr=${attrText(spec, op.texts.attrs[i] ?? '')}`);
  const stateful = op.stateful ? '; is_stateful=true' : '';
  return `Op<name=${op.type}; signature=${args(op.texts.inputs)} -> ${args(op.texts.outputs)}${attrs.join('')}${stateful}>`;
}

function attrText(spec: AttrSpec, text: string): string {
  const [, fallback] = /=\s*(.*)$/.exec(text) ?? [];
  const allowed = spec.allowedTypes?.map(protoName) ?? spec.allowedStrings?.map((s) => `"${s}"`);
  return [
    `${spec.name}:${spec.type}`,
    ...(fallback === undefined || />$/.test(fallback) ? [] : [`default=${fallback}`]),
    ...(spec.minimum === null ? [] : [`min=${spec.minimum}`]),
    ...(allowed ? [`allowed=[${allowed.join(', ')}]`] : []),
  ].join(',');
}
