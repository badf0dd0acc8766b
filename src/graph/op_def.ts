/** Declarations as TensorFlow's OpDef: what a meta graph keeps of the ops of its graph, so that readers know their defaults. */

import { type AnyOp, registry } from '../core/op.ts';
import type { ArgSpec, AttrSpec } from '../core/op_language.ts';
import { bytesOfText } from '../core/text.ts';
import {
  AttrValue,
  type GraphDef,
  type NodeDef,
  OpDef,
  OpList,
} from '../formats/graph_messages.ts';
import { attrValue } from './attr_values.ts';

/** The OpDef of a declaration, without descriptions. */
export function opDefOf(op: AnyOp): OpDef {
  return new OpDef({
    name: op.type,
    input_arg: op.inputs.map(argFields),
    output_arg: op.outputs.map(argFields),
    attr: op.attrs.map(attrFields),
    is_stateful: op.stateful ?? false,
  });
}

function argFields({ name, type, typeAttr, typeListAttr, numberAttr, isRef }: ArgSpec) {
  return {
    name,
    type: type?.as_datatype_enum ?? 0,
    type_attr: typeAttr ?? '',
    type_list_attr: typeListAttr ?? '',
    number_attr: numberAttr ?? '',
    is_ref: isRef,
  };
}

function attrFields(spec: AttrSpec) {
  const { name, type, minimum, hasDefault } = spec;
  return {
    name,
    type,
    default_value: hasDefault ? attrValue(spec.default, spec) : null,
    has_minimum: minimum !== null,
    minimum: minimum ?? 0,
    allowed_values: allowedOf(spec),
  };
}

function allowedOf({ allowedTypes, allowedStrings }: AttrSpec): AttrValue | null {
  if (allowedTypes) {
    return new AttrValue({ list: { type: allowedTypes.map((dtype) => dtype.as_datatype_enum) } });
  }
  return allowedStrings && new AttrValue({ list: { s: allowedStrings.map(bytesOfText) } });
}

/** All nodes of a graph, those of its functions too. */
function nodesOf({ node, library }: GraphDef): NodeDef[] {
  return [...node, ...library.function.flatMap((f) => [...f.node_def])];
}

/** The ops of a graph and of its functions, in order of their names; functions are no ops. */
export function strippedOpList(graphDef: GraphDef): OpList {
  const types = [...new Set(nodesOf(graphDef).map((node) => node.op))].sort();
  const declared = types.map((type) => registry.get(type)).filter((op) => op !== undefined);
  return new OpList({ op: declared.map(opDefOf) });
}

/** Takes out of a graph's nodes the attributes that have their default values. */
export function stripDefaultAttrs(graphDef: GraphDef): void {
  const functions = new Set(graphDef.library.function.map((f) => f.signature.name));
  for (const node of nodesOf(graphDef)) {
    if (functions.has(node.op)) continue;
    for (const spec of registry.get(node.op)?.attrs ?? []) {
      const value = node.attr[spec.name];
      if (!value || !spec.hasDefault) continue;
      if (String(value) === String(attrValue(spec.default, spec))) delete node.attr[spec.name];
    }
  }
}
