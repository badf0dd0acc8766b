/**
 * `tf.contrib.framework`: choosing variables, and giving them values of a checkpoint or of the
 * program. Variables keep their initializers; what gives the values is an operation of its own.
 */

import { ValueError } from '../core/errors.ts';
import type { Fetched } from '../core/fetched.ts';
import type { IndexSpec } from '../core/index_spec.ts';
import { fn, isPlainObject } from '../core/signature.ts';
import type { Node, Tensor } from '../core/tensor.ts';
import { GraphKeys } from '../graph/collections.ts';
import { get_default_graph } from '../graph/default_graph.ts';
import { asArray, type NdArray } from '../numpy/index.ts';
import { placeholder } from '../ops/constant.ts';
import { group } from '../ops/control_flow.ts';
import { warning } from '../platform/logging.ts';
import type { BaseSession } from '../session/session.ts';
import { type Variable, VariableScope } from '../variables/index.ts';
import { type CheckpointReader, NewCheckpointReader } from './checkpoint_reader.ts';
import { Saver } from './saver.ts';

/** Variables, or variables by the names they have in a checkpoint. */
type Variables<V> = readonly Variable[] | Readonly<Record<string, V>>;
/** An operation that assigns, and what to feed when it is run. */
type Assignment = [assign_op: Node, feed_dict: Map<Tensor, NdArray>];

// ---- choosing ----------------------------------------------------------------------------------

/** The variables of a collection whose names begin as `scope` says, and end with `suffix`. */
export const get_variables = fn(
  ['scope', 'suffix', 'collection'],
  (
    scope: string | VariableScope | null = null,
    suffix: string | null = null,
    collection: string = GraphKeys.GLOBAL_VARIABLES,
  ): Variable[] => {
    const name = scope instanceof VariableScope ? scope.name : scope;
    const end = suffix === null ? null : suffix.includes(':') ? suffix : `${suffix}:`;
    const pattern = end === null ? name : `${name ?? ''}.*${end}`;
    return get_default_graph().get_collection(collection, pattern) as Variable[];
  },
);

/** The variables of the scopes `include` (all, if not given) that are in none of `exclude`. */
export const get_variables_to_restore = fn(
  ['include', 'exclude'],
  (
    include: readonly string[] | null = null,
    exclude: readonly string[] | null = null,
  ): Variable[] => {
    const left = new Set(
      scopesOf('exclude', exclude ?? []).flatMap((scope) => get_variables(scope)),
    );
    const taken = scopesOf('include', include ?? ['']).flatMap((scope) => get_variables(scope));
    return taken.filter((variable) => !left.has(variable));
  },
);

function scopesOf(parameter: string, scopes: unknown): readonly string[] {
  if (Array.isArray(scopes)) return scopes as string[];
  throw new TypeError(`${parameter} is provided but is not a list or a tuple.`);
}

// ---- from a checkpoint -------------------------------------------------------------------------

/** The name of the whole that a variable is, or is a slice of. */
function fullName(variable: Variable): string {
  return variable._get_save_slice_info()?.full_name ?? variable.op.name;
}

/** The variables for each name in the checkpoint. */
function byName(var_list: Variables<Variable | readonly Variable[]>): Map<string, Variable[]> {
  const named = new Map<string, Variable[]>();
  if (isPlainObject(var_list)) {
    for (const [name, variables] of Object.entries(var_list)) {
      named.set(name, Array.isArray(variables) ? [...variables] : [variables as Variable]);
    }
    return named;
  }
  for (const variable of var_list as readonly Variable[]) {
    const name = fullName(variable);
    named.set(name, [...(named.get(name) ?? []), variable]);
  }
  return named;
}

/**
 * An operation that assigns values of a checkpoint to variables, and what to feed when it is run.
 * ValueError for a value that is missing, unless `ignore_missing_vars`, or of another shape.
 */
export const assign_from_checkpoint = fn(
  ['model_path', 'var_list', 'ignore_missing_vars'],
  (
    model_path: string,
    var_list: Variables<Variable | readonly Variable[]>,
    ignore_missing_vars: boolean = false,
  ): Assignment => {
    const reader: CheckpointReader = NewCheckpointReader(model_path);
    const values: [Variable, NdArray][] = [];
    for (const [name, variables] of byName(var_list)) {
      if (reader.has_tensor(name)) {
        const whole = asArray(reader.get_tensor(name));
        for (const variable of variables) values.push([variable, valueFor(variable, name, whole)]);
        continue;
      }
      const text = `Checkpoint is missing variable [${name}]`;
      if (!ignore_missing_vars) throw new ValueError(text);
      warning('%s', text);
    }
    reader.close();
    return assignment(values, '');
  },
  { objects: ['var_list'] },
);

/** What of the checkpoint's value the variable gets. */
function valueFor(variable: Variable, name: string, whole: NdArray): NdArray {
  const slice = variable._get_save_slice_info();
  if (slice) {
    const { var_offset, var_shape } = slice;
    const specs = var_offset.map((start, i): IndexSpec => ({ start, stop: start + var_shape[i]! }));
    return asArray(whole.at(...specs));
  }
  const shape = variable.get_shape();
  if (!shape.is_fully_defined() || String(shape.as_list()) !== String(whole.shape)) {
    throw new ValueError(
      `Total size of new array must be unchanged for ${name} lh_shape: [(${whole.shape.join(', ')})], rh_shape: [${shape}]`,
    );
  }
  return whole;
}

function assignment(values: readonly (readonly [Variable, NdArray])[], prefix: string): Assignment {
  const feed_dict = new Map<Tensor, NdArray>();
  const assigned = values.map(([variable, value]) => {
    const shape = variable.get_shape();
    const name = prefix + variable.op.name;
    const tensor = placeholder(variable.dtype.base_dtype, shape, name);
    feed_dict.set(tensor, value);
    return variable.assign(tensor);
  });
  return [group(...assigned), feed_dict];
}

/**
 * A function that restores variables in a session; `null` where nothing is left to restore. With
 * `ignore_missing_vars` variables that the checkpoint lacks are left out. ValueError for none.
 */
export const assign_from_checkpoint_fn = fn(
  ['model_path', 'var_list', 'ignore_missing_vars', 'reshape_variables'],
  (
    model_path: string,
    var_list: Variables<Variable>,
    ignore_missing_vars: boolean = false,
    reshape_variables: boolean = false,
  ): ((session: BaseSession) => void) | null => {
    const size = Array.isArray(var_list) ? var_list.length : Object.keys(var_list).length;
    if (size === 0) throw new ValueError('var_list cannot be empty');
    const left = ignore_missing_vars ? presentIn(model_path, var_list) : var_list;
    if (Object.keys(left).length === 0) {
      warning('No Variables to restore');
      return null;
    }
    const saver = new Saver({ var_list: left, reshape: reshape_variables, write_version: 1 });
    return (session) => saver.restore(session, model_path);
  },
  { objects: ['var_list'] },
);

function presentIn(path: string, var_list: Variables<Variable>): Record<string, Variable> {
  const named = isPlainObject(var_list)
    ? Object.entries(var_list)
    : (var_list as readonly Variable[]).map((variable) => [variable.op.name, variable] as const);
  const reader: CheckpointReader = NewCheckpointReader(path);
  const present: Record<string, Variable> = Object.create(null);
  for (const [name, variable] of named as readonly (readonly [string, Variable])[]) {
    if (reader.has_tensor(name)) present[name] = variable;
    else warning('Variable %s missing in checkpoint %s', name, path);
  }
  reader.close();
  return present;
}

// ---- from the program --------------------------------------------------------------------------

/** An operation that assigns arrays to the variables of these names, and what to feed when it is run. */
export const assign_from_values = fn(
  ['var_names_to_values'],
  (var_names_to_values: Readonly<Record<string, Parameters<typeof asArray>[0]>>): Assignment => {
    const values = Object.entries(var_names_to_values).map(([name, value]) => {
      const variable = variableNamed(name);
      const shape = variable.get_shape().as_list() as number[];
      return [variable, asArray(value).reshape(...shape)] as const;
    });
    return assignment(values, 'placeholder/');
  },
  { objects: ['var_names_to_values'] },
);

/** A function that assigns arrays to the variables of these names, in a session. */
export const assign_from_values_fn = fn(
  ['var_names_to_values'],
  (
    var_names_to_values: Readonly<Record<string, Parameters<typeof asArray>[0]>>,
  ): ((session: BaseSession) => Fetched) => {
    const [assign_op, feed_dict] = assign_from_values({ var_names_to_values });
    return (session) => session.run(assign_op, feed_dict as never) as never;
  },
  { objects: ['var_names_to_values'] },
);

function variableNamed(name: string): Variable {
  const found = get_variables(name);
  if (found.length === 0) throw new ValueError(`Variable ${name} wasn't found`);
  const exact = found.length === 1 ? found[0] : found.find((variable) => variable.op.name === name);
  if (exact) return exact;
  throw new ValueError(`Variable ${name} doesn't uniquely identify a variable`);
}
