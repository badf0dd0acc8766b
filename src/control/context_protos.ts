/**
 * Branches and loops as meta graphs describe them, so that gradients find their way through those of
 * an imported graph.
 */

import { ValueError } from '../core/errors.ts';
import {
  CondContextDef,
  ControlFlowContextDef,
  type ValuesDef,
  WhileContextDef,
} from '../formats/meta_graph_messages.ts';
import { GraphKeys } from '../graph/collections.ts';
import { isEnter } from '../graph/control_context.ts';
import { get_default_graph } from '../graph/default_graph.ts';
import { Operation } from '../graph/operation.ts';
import { registerProtoFunctions } from '../graph/proto_functions.ts';
import { prependNameScope, stripNameScope } from '../graph/scope_names.ts';
import type { SymbolicTensor } from '../graph/symbolic_tensor.ts';
import { CondContext } from './cond_context.ts';
import type { Context } from './context.ts';
import { WhileContext } from './while_context.ts';

type Scope = string | null;

// ---- to messages -------------------------------------------------------------------------------

/** The message of a branch; `null` outside of `export_scope`. */
export function condToProto(
  context: CondContext,
  export_scope: Scope = null,
): CondContextDef | null {
  if (export_scope && !context.name.startsWith(export_scope)) return null;
  const def = new CondContextDef({
    context_name: stripNameScope(context.name, export_scope),
    pred_name: stripNameScope(context.pred.name, export_scope),
    pivot_name: stripNameScope(context.pivot.name, export_scope),
    branch: context.branch,
  });
  writeValues(context, def.values_def, export_scope);
  def.nested_contexts.extend(nestedOf(context, export_scope));
  return def;
}

/** The message of a loop; `null` outside of `export_scope`. */
export function whileToProto(
  context: WhileContext,
  export_scope: Scope = null,
): WhileContextDef | null {
  if (export_scope && !context.name.startsWith(export_scope)) return null;
  const strip = (tensor: SymbolicTensor | null | undefined): string =>
    tensor ? stripNameScope(tensor.name, export_scope) : '';
  const { settings } = context;
  const def = new WhileContextDef({
    context_name: stripNameScope(context.name, export_scope),
    parallel_iterations: settings.parallelIterations,
    back_prop: settings.backProp,
    swap_memory: settings.swapMemory,
    pivot_name: strip(context.pivot),
    pivot_for_pred_name: strip(context.pivotForPred),
    pivot_for_body_name: strip(context.pivotForBody),
    loop_exit_names: context.loopExits.map(strip),
    loop_enter_names: context.loopEnters.map(strip),
    maximum_iterations_name: strip(settings.maximumIterations),
  });
  writeValues(context, def.values_def, export_scope);
  def.nested_contexts.extend(nestedOf(context, export_scope));
  return def;
}

function nestedOf(context: Context, scope: Scope): ControlFlowContextDef[] {
  return context.nested.flatMap((nested) => {
    const def = new ControlFlowContextDef();
    if (nested instanceof CondContext) def.cond_ctxt = condToProto(nested, scope)!;
    else def.while_ctxt = whileToProto(nested as WhileContext, scope)!;
    return def.WhichOneof('ctxt') ? [def] : [];
  });
}

function writeValues({ values, externals }: Context, def: ValuesDef, scope: Scope): void {
  def.values = [...values].map(({ name }) => stripNameScope(name, scope)).sort();
  for (const [outside, inside] of externals) {
    def.external_values[stripNameScope(outside.name, scope)] = stripNameScope(inside.name, scope);
  }
}

// ---- from messages -----------------------------------------------------------------------------

/** The branch of the default graph that `def` describes. */
export function condFromProto(def: CondContextDef, import_scope: Scope = null): CondContext {
  const find = finder(import_scope);
  const name = prependNameScope(def.context_name, import_scope);
  const branch = def.branch === 1 ? 1 : 0;
  const context = new CondContext(find(def.pred_name), find(def.pivot_name), branch, name);
  readValues(context, def.values_def, find);
  readNested(context, def.nested_contexts, import_scope);
  return context;
}

/** The loop of the default graph that `def` describes. ValueError where its pivots are missing. */
export function whileFromProto(def: WhileContextDef, import_scope: Scope = null): WhileContext {
  const find = finder(import_scope);
  const name = prependNameScope(def.context_name, import_scope);
  const settings = {
    maximumIterations: def.maximum_iterations_name ? find(def.maximum_iterations_name) : null,
    parallelIterations: def.parallel_iterations,
    backProp: def.back_prop,
    swapMemory: def.swap_memory,
  };
  const context = new WhileContext(get_default_graph(), settings, name);
  context.pivotForPred = find(def.pivot_for_pred_name);
  context.pivotForBody = find(def.pivot_for_body_name);
  context.pivot = find(def.pivot_name);
  context.loopExits = def.loop_exit_names.map(find);
  context.loopEnters = def.loop_enter_names.map(find);
  readValues(context, def.values_def, find);
  if (import_scope) renameFrame(context);
  readNested(context, def.nested_contexts, import_scope);
  return context;
}

/** Finds tensors of the default graph by their names in the file. */
function finder(scope: Scope): (name: string) => SymbolicTensor {
  const graph = get_default_graph();
  return (name) => {
    const found = graph.as_graph_element(prependNameScope(name, scope));
    const tensor = found instanceof Operation ? found.outputs[0] : found;
    if (!tensor) throw new ValueError(`'${name}' is no tensor.`);
    return tensor;
  };
}

function readValues(
  context: Context,
  def: ValuesDef,
  find: (name: string) => SymbolicTensor,
): void {
  for (const name of def.values) context.values.add(find(name));
  for (const [outside, inside] of Object.entries(def.external_values)) {
    context.externals.set(find(outside), find(inside));
  }
  for (const tensor of context.values) {
    if (!context.externals.has(tensor)) tensor.op._controlFlow = context;
  }
}

/** The frame of a loop has its name, which an import scope changed. */
function renameFrame(context: WhileContext): void {
  for (const { op } of context.values) {
    if (isEnter(op)) op._set_attr('frame_name', context.name);
  }
}

function readNested(
  context: Context,
  defs: readonly ControlFlowContextDef[],
  import_scope: Scope,
): void {
  context.within(() => {
    for (const def of defs) {
      if (def.WhichOneof('ctxt') === 'cond_ctxt') condFromProto(def.cond_ctxt, import_scope);
      else if (def.WhichOneof('ctxt') === 'while_ctxt') {
        whileFromProto(def.while_ctxt, import_scope);
      }
    }
  });
}

registerProtoFunctions(GraphKeys.COND_CONTEXT, {
  proto_type: CondContextDef,
  to_proto: (member, scope) => condToProto(member as CondContext, scope),
  from_proto: (message, scope) => condFromProto(message as CondContextDef, scope),
});
registerProtoFunctions(GraphKeys.WHILE_CONTEXT, {
  proto_type: WhileContextDef,
  to_proto: (member, scope) => whileToProto(member as WhileContext, scope),
  from_proto: (message, scope) => whileFromProto(message as WhileContextDef, scope),
});
