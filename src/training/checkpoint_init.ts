/** Variables whose first values come from a checkpoint: their initializers read it. */

import { ValueError } from '../core/errors.ts';
import { onDevice } from '../core/mode.ts';
import { fn, isPlainObject } from '../core/signature.ts';
import { Tensor } from '../core/tensor.ts';
import { RestoreV2 } from '../ops/checkpoint.ts';
import { debug } from '../platform/logging.ts';
import { PartitionedVariable, Variable } from '../variables/index.ts';
import { defaultStore } from '../variables/scope_stack.ts';
import { type CheckpointReader, checkpointPath, NewCheckpointReader } from './checkpoint_reader.ts';
import { op_list_to_dict, saveablesOf } from './saveable.ts';

/** A variable, the slices of one, or its name; or a scope of variables, which ends in `/`. */
type Target = string | Variable | PartitionedVariable | readonly Variable[];
/** For names in a checkpoint, or scopes of it, the variables to initialize. */
export type AssignmentMap =
  | Readonly<Record<string, Target>>
  | ReadonlyMap<string, Target>
  | readonly (readonly [string, Target])[];

/** A checkpoint, as errors and operations name it. */
interface Source {
  /** As the caller named it. */
  readonly given: string;
  readonly file: string;
  readonly shapes: Readonly<Record<string, readonly number[]>>;
}

/**
 * Makes variables of the default graph begin with values of a checkpoint. `assignment_map` says for
 * names of tensors, or of scopes (`'old/': 'new/'`), which variables get them. ValueError where a
 * tensor or a variable is missing, or shapes differ.
 */
export const init_from_checkpoint = fn(
  ['ckpt_dir_or_file', 'assignment_map'],
  (ckpt_dir_or_file: string, assignment_map: AssignmentMap): void => {
    const file = checkpointPath(ckpt_dir_or_file);
    const reader: CheckpointReader = NewCheckpointReader(file);
    const source = { given: ckpt_dir_or_file, file, shapes: reader.get_variable_to_shape_map() };
    reader.close();
    for (const [name, target] of sortedPairs(assignment_map)) {
      const variable = findVariable(target);
      if (variable !== null) initializeOne(source, name, variable);
      else initializeScope(source, name, String(target));
    }
  },
  { objects: ['assignment_map'] },
);

function sortedPairs(map: AssignmentMap): (readonly [string, Target])[] {
  const pairs = isPlainObject(map)
    ? Object.entries(map as Record<string, Target>)
    : [...(map as Iterable<readonly [string, Target]>)];
  return pairs.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
}

function findVariable(target: Target): Variable | readonly Variable[] | null {
  if (target instanceof Variable || Array.isArray(target)) return target as Variable;
  if (target instanceof PartitionedVariable) return target._get_variable_list();
  return byName(target as string);
}

/** What `tf.get_variable` made under this name: a variable, or the pieces of one. */
function byName(name: string): Variable | readonly Variable[] | null {
  const { variables } = defaultStore();
  const found = variables.get(name);
  if (found) return found;
  const pieces: Variable[] = [];
  for (;;) {
    const piece = variables.get(`${name}/part_${pieces.length}`);
    if (!piece) return pieces.length > 0 ? pieces : null;
    pieces.push(piece);
  }
}

function initializeOne(
  source: Source,
  name: string,
  variable: Variable | readonly Variable[],
): void {
  const shape = source.shapes[name];
  if (!shape) {
    throw new ValueError(
      `Tensor ${name} is not found in ${source.given} checkpoint ${shapesText(source.shapes)}`,
    );
  }
  if (variable instanceof Variable && !variable.get_shape().is_compatible_with(shape)) {
    throw new ValueError(
      `Shape of variable ${variable.name} (${variable.get_shape()}) doesn't match with shape of tensor ${name} ([${shape.join(', ')}]) from checkpoint reader.`,
    );
  }
  initialize(source, name, variable);
}

/** `{'a': [2, 3]}`. */
function shapesText(shapes: Source['shapes']): string {
  const entries = Object.entries(shapes).map(([name, shape]) => `'${name}': [${shape.join(', ')}]`);
  return `{${entries.join(', ')}}`;
}

function initializeScope(source: Source, name: string, target: string): void {
  const scope = target.includes('/') ? target.slice(0, target.lastIndexOf('/')) : '';
  if (!name.endsWith('/')) {
    throw new ValueError(
      `Assignment map with scope only name ${scope} should map to scope only ${name}. Should be 'scope/': 'other_scope/'.`,
    );
  }
  const inScope = [...defaultStore().variables.keys()]
    .filter((variable) => scope === '' || variable.startsWith(`${scope}/`))
    .map((variable) => variable.replace(/\/part_.*$/s, ''));
  for (const variable of [...new Set(inScope)].sort()) {
    let full = variable.slice(scope.length);
    if (target !== '/') full = full.slice(1);
    if (name !== '/') full = name + full;
    full = full.replace(/\/$/, '');
    if (!source.shapes[full]) {
      throw new ValueError(
        `Tensor ${full} (${variable.slice(scope.length + 1)} in ${name}) is not found in ${source.given} checkpoint`,
      );
    }
    initialize(source, full, byName(variable)!);
  }
}

function initialize(source: Source, name: string, variable: Variable | readonly Variable[]): void {
  const slices = variable instanceof Variable ? [variable] : variable;
  let whole: string | null = null;
  for (const slice of slices) {
    const info = variable instanceof Variable ? null : slice._get_save_slice_info();
    whole ??= info?.full_name ?? null;
    if (info && info.full_name !== whole) {
      throw new ValueError(
        `Slices must all be from the same tensor: ${whole} != ${info.full_name}`,
      );
    }
    initializeSlice(source.file, name, slice, info?.spec ?? '');
  }
  const names = slices.map((slice) => slice.name).join(',');
  debug('Initialize variable %s from checkpoint %s with %s', names, source.given, name);
}

function initializeSlice(file: string, name: string, variable: Variable, slice: string): void {
  const inputs = { prefix: file, tensor_names: [name], shape_and_slices: [slice] };
  const dtypes = [variable.dtype.base_dtype];
  const [value] = onDevice(variable.device, () =>
    onDevice('/cpu:0', () => RestoreV2(inputs, { dtypes }, 'checkpoint_initializer')),
  ) as readonly [Tensor];
  const [saveable] = saveablesOf(op_list_to_dict([variable]));
  const assigned = saveable!.restore([value], null);
  value.set_shape(variable.get_shape());
  variable._setInitializer(assigned instanceof Tensor ? assigned.op : (assigned as never), value);
}
