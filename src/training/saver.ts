/**
 * `tf.train.Saver`: writes variables to checkpoints and reads them back, numbers the checkpoints, and
 * deletes old ones.
 */

import { with_ } from '../core/context.ts';
import {
  AssertionError,
  FailedPreconditionError,
  NotFoundError,
  RuntimeError,
  ValueError,
} from '../core/errors.ts';
import { executing_eagerly } from '../core/mode.ts';
import type { Operand } from '../core/operand.ts';
import type { ArgsOf } from '../core/signature.ts';
import { type MetaGraphDef, SaverDef } from '../formats/meta_graph_messages.ts';
import { GraphKeys } from '../graph/collections.ts';
import { get_default_graph } from '../graph/default_graph.ts';
import { exportScopedMetaGraph } from '../graph/meta_graph_export.ts';
import { registerProtoFunctions } from '../graph/proto_functions.ts';
import { isDirectory } from '../platform/glob.ts';
import { info, warning } from '../platform/logging.ts';
import { basename, dirname } from '../platform/paths.ts';
import { BaseSession } from '../session/session.ts';
import {
  get_checkpoint_mtimes,
  metaGraphFile,
  remove_checkpoint,
  writeState,
} from './checkpoint_state.ts';
import { global_step as stepOf } from './global_step.ts';
import { objectKeys, renamed } from './object_checkpoint.ts';
import { type SaveableObject, saveablesOf, type VarList } from './saveable.ts';
import {
  exportArguments,
  restoreArguments,
  type SaveArguments,
  type SaverArguments,
  saveArguments,
  saverArguments,
} from './saver_arguments.ts';
import { type BaseSaverBuilder, BulkSaverBuilder, type SaverOptions } from './saver_builder.ts';

/** A checkpoint, and when it was written in seconds since 1970. */
export type TimedCheckpoint = readonly [path: string, time: number];
const NOT_BUILT = '`build()` should be called before save if defer_build==True';
const HOUR = 3600;
const STARS = '*******************************************************';

/** Saves and restores variables. */
export class Saver {
  /** The names of its nodes, and what it keeps; `null` before it is built. */
  saver_def: SaverDef | null;
  private variables: VarList | null;
  private readonly options: SaverOptions;
  private readonly call: SaverArguments;
  private builder: BaseSaverBuilder | null;
  private version: number;
  private built = false;
  private empty = false;
  private kept: TimedCheckpoint[] = [];
  private readonly outdated: TimedCheckpoint[] = [];
  private nextKept = 0;
  private objectSaver: Saver | null = null;

  /**
   * Adds the nodes that save and restore `var_list`, or all variables. `max_to_keep` checkpoints
   * are kept, and besides one per `keep_checkpoint_every_n_hours`. With `sharded` there is a file
   * per device, with `reshape` values may have other shapes in the checkpoint. ValueError where
   * there is nothing to save, unless `allow_empty`.
   */
  constructor(...args: ArgsOf<typeof saverArguments>) {
    const call = saverArguments(...args);
    const { var_list, saver_def, builder, defer_build } = call;
    if (defer_build && var_list !== null && !isNothing(var_list)) {
      throw new ValueError(
        'If `var_list` is provided then build cannot be deferred. Either set defer_build=False or var_list=None.',
      );
    }
    const eager = executing_eagerly();
    if (eager && var_list === null) {
      throw new RuntimeError(
        'When eager execution is enabled, `var_list` must specify a list or dict of variables to save',
      );
    }
    this.call = call;
    this.options = call.options;
    this.variables = var_list;
    this.saver_def = saver_def;
    this.builder = builder;
    this.version = call.write_version;
    if (eager) this.nextKept = now() + call.options.keep_checkpoint_every_n_hours * HOUR;
    else if (!defer_build) this.build();
    if (this.saver_def) {
      this.checkDef(this.saver_def);
      this.version = this.saver_def.version;
    }
  }

  /** The saver that `saver_def` describes, whose nodes stand inside `import_scope`. */
  static from_proto(saver_def: SaverDef, import_scope: string | null = null): Saver {
    return new Saver({ saver_def, name: import_scope });
  }

  /** Adds the nodes of a saver that was made with `defer_build`. */
  build(): void {
    if (executing_eagerly()) {
      throw new RuntimeError('Use save/restore instead of build in eager mode.');
    }
    if (this.built) return;
    this.built = true;
    this.buildNodes(this.call.filename, true, true);
  }

  private buildNodes(filename: string | null, save: boolean, restore: boolean): void {
    if (this.saver_def === null || executing_eagerly()) {
      this.variables ??= allSaveables();
      if (isNothing(this.variables)) {
        if (!this.call.allow_empty) throw new ValueError('No variables to save');
        this.empty = true;
        return;
      }
      this.builder ??= new BulkSaverBuilder(this.version);
      const options = { ...this.options, filename };
      this.saver_def = this.builder._build(this.variables, options, save, restore);
    } else if (this.options.name) {
      const inScope = (name: string) => `${this.options.name}/${name}`;
      const def = copyOf(this.saver_def);
      def.filename_tensor_name = inScope(def.filename_tensor_name);
      def.save_tensor_name = inScope(def.save_tensor_name);
      def.restore_op_name = inScope(def.restore_op_name);
      this.saver_def = def;
    }
    this.checkDef(this.saver_def!);
    if (!executing_eagerly()) {
      this.nextKept = now() + this.saver_def!.keep_checkpoint_every_n_hours * HOUR;
    }
  }

  private checkDef(def: SaverDef): void {
    if (!(def instanceof SaverDef)) {
      throw new ValueError(`saver_def must be a saver_pb2.SaverDef: ${def}`);
    }
    if (executing_eagerly()) return;
    if (!def.save_tensor_name) {
      throw new ValueError(`saver_def must specify the save_tensor_name: ${def}`);
    }
    if (!def.restore_op_name) {
      throw new ValueError(`saver_def must specify the restore_op_name: ${def}`);
    }
  }

  // ---- as a message ----------------------------------------------------------------------------

  /** The names of its nodes, and what it keeps. */
  as_saver_def(): SaverDef | null {
    return this.saver_def;
  }

  /** The same without the scope `export_scope`; `null` where it stands outside of that. */
  to_proto(export_scope: string | null = null): SaverDef | null {
    const def = this.saver_def;
    if (export_scope === null || def === null) return def;
    const names = [def.filename_tensor_name, def.save_tensor_name, def.restore_op_name];
    if (!names.every((name) => name.startsWith(export_scope))) return null;
    const inside = (name: string) =>
      name.startsWith(`${export_scope}/`) ? name.slice(export_scope.length + 1) : name;
    const copy = copyOf(def);
    copy.filename_tensor_name = inside(def.filename_tensor_name);
    copy.save_tensor_name = inside(def.save_tensor_name);
    copy.restore_op_name = inside(def.restore_op_name);
    return copy;
  }

  /** The meta graph of the default graph and this saver, written to `filename` if it is given. */
  export_meta_graph(...args: ArgsOf<typeof exportArguments>): MetaGraphDef {
    return exportScopedMetaGraph({ ...exportArguments(...args), saver_def: this.saver_def });
  }

  // ---- which checkpoints there are -----------------------------------------------------------------

  /** The checkpoints that it keeps, the oldest first; `restore` takes each of them. */
  get last_checkpoints(): string[] {
    return this.kept.map(([path]) => path);
  }

  /** Says which checkpoints there are, of unknown times, so that they are not deleted for their age. */
  set_last_checkpoints(last_checkpoints: readonly string[]): void {
    if (!Array.isArray(last_checkpoints)) throw new AssertionError('last_checkpoints is no list');
    this.kept = last_checkpoints.map((path) => [path, Number.POSITIVE_INFINITY]);
  }

  /** Says which checkpoints there are, and when they were written. */
  set_last_checkpoints_with_time(last_checkpoints_with_time: readonly TimedCheckpoint[]): void {
    if (!Array.isArray(last_checkpoints_with_time)) {
      throw new AssertionError('last_checkpoints_with_time is no list');
    }
    this.kept = [...last_checkpoints_with_time];
  }

  /** Takes up those of the checkpoints that are still there, as a program does that goes on after a stop. */
  recover_last_checkpoints(checkpoint_paths: readonly string[]): void {
    const found = checkpoint_paths.flatMap((path): TimedCheckpoint[] =>
      get_checkpoint_mtimes([path]).map((time) => [path, time]),
    );
    this.set_last_checkpoints_with_time(found);
  }

  private record(path: string): void {
    const most = this.saver_def!.max_to_keep;
    if (!most) return;
    this.kept = this.kept.filter(([other]) => other !== path);
    this.kept.push([path, now()]);
    if (this.kept.length > most) this.outdated.push(this.kept.shift()!);
  }

  private deleteOutdated(meta_graph_suffix: string): void {
    const old = this.outdated.shift();
    if (!old) return;
    const [path, time] = old;
    if (time > this.nextKept) {
      this.nextKept += this.saver_def!.keep_checkpoint_every_n_hours * HOUR;
      return;
    }
    try {
      remove_checkpoint(path, this.saver_def!.version, meta_graph_suffix);
    } catch (problem) {
      warning('Ignoring: %s', String((problem as Error).message));
    }
  }

  // ---- saving and restoring ------------------------------------------------------------------------

  /**
   * Writes the variables of `sess` to a new checkpoint, and beside it the meta graph. Its name is
   * `save_path` and the number `global_step`; the name is what comes back, `null` for a saver of
   * nothing. ValueError where there is no such directory.
   */
  save(...args: ArgsOf<typeof saveArguments>): string | null {
    const call = saveArguments(...args);
    const { sess, save_path, latest_filename, write_meta_graph } = call;
    this.checkSave(call);
    const file = this.fileName(call);
    if (!executing_eagerly() && !(sess instanceof BaseSession)) {
      throw new TypeError(`'sess' must be a Session; ${sess}`);
    }
    let path: string | null = null;
    if (!this.empty) {
      try {
        path = this.write(sess, file);
        if (call.write_state) {
          this.record(path);
          const relative = this.call.save_relative_paths;
          writeState(dirname(save_path), path, this.last_checkpoints, latest_filename, relative);
          this.deleteOutdated(call.meta_graph_suffix);
        }
      } catch (error) {
        throw explained(error, save_path);
      }
    }
    if (write_meta_graph && !executing_eagerly()) this.writeMetaGraph(call, file);
    return path;
  }

  private checkSave({ latest_filename }: SaveArguments): void {
    if (!this.built && !executing_eagerly()) throw new RuntimeError(NOT_BUILT);
    if (this.version !== SaverDef.V2) {
      warning(STARS);
      warning("TensorFlow's V1 checkpoint format has been deprecated.");
      warning('Consider switching to the more efficient V2 format:');
      warning('   `tf.train.Saver(write_version=tf.train.SaverDef.V2)`');
      warning('now on by default.');
      warning(STARS);
    }
    if (latest_filename.includes('/')) {
      throw new ValueError("'latest_filename' must not contain path components");
    }
  }

  private fileName({ sess, save_path, global_step, latest_filename }: SaveArguments): string {
    if (global_step === null) {
      if (basename(save_path) === latest_filename && !this.options.sharded) {
        throw new ValueError(
          `'latest_filename' collides with 'save_path': '${latest_filename}' and '${save_path}'`,
        );
      }
      return save_path;
    }
    const step = typeof global_step === 'number' ? global_step : stepOf(sess, global_step as never);
    const digits = String(Math.trunc(step));
    return `${save_path}-${this.call.pad_step_number ? digits.padStart(8, '0') : digits}`;
  }

  private write(sess: BaseSession | null, file: string): string {
    if (executing_eagerly()) {
      this.buildNodes(file, true, false);
      return this.saver_def!.save_tensor_name;
    }
    const { save_tensor_name, filename_tensor_name } = this.saver_def!;
    return String(sess!.run(save_tensor_name, { [filename_tensor_name]: file }));
  }

  private writeMetaGraph(call: SaveArguments, file: string): void {
    const { sess, strip_default_attrs, meta_graph_suffix } = call;
    const filename = metaGraphFile(file, meta_graph_suffix);
    with_(sess!.graph.as_default(), () =>
      this.export_meta_graph(filename, { strip_default_attrs }),
    );
  }

  /** Reads the variables of `sess` from a checkpoint, which initializes them. NotFoundError where it, or one of them, is missing. */
  restore(...args: ArgsOf<typeof restoreArguments>): void {
    const { sess, save_path } = restoreArguments(...args);
    if (this.empty) return;
    if (save_path === null) throw new ValueError("Can't load save_path when it is None.");
    info('Restoring parameters from %s', save_path);
    try {
      this.read(sess, save_path);
    } catch (error) {
      const keys = error instanceof NotFoundError ? objectKeys(save_path) : null;
      if (keys === null) throw error;
      this.readObjects(sess, save_path, keys);
    }
  }

  private read(sess: BaseSession | null, save_path: string): void {
    if (executing_eagerly()) this.buildNodes(save_path, false, true);
    else {
      const { restore_op_name, filename_tensor_name } = this.saver_def!;
      sess!.run(restore_op_name, { [filename_tensor_name]: save_path });
    }
  }

  /** Restores from a checkpoint of a TF2 program, by a saver of the names that variables have in it. */
  private readObjects(
    sess: BaseSession | null,
    save_path: string,
    keys: ReadonlyMap<string, string>,
  ): void {
    warning(
      'Restoring an object-based checkpoint using a name-based saver. This may be somewhat fragile, and will re-build the Saver. Instead, consider loading object-based checkpoints using tf.train.Checkpoint().',
    );
    const saveables = saveablesOf(this.variables ?? allSaveables());
    const build = () => new Saver(renamed(saveables, keys));
    if (executing_eagerly()) {
      build().restore(null, save_path);
      return;
    }
    const saver = this.objectSaver ?? with_(sess!.graph.as_default(), build);
    this.objectSaver = saver;
    saver.restore(sess, save_path);
  }
}

function now(): number {
  return Date.now() / 1000;
}

function copyOf(def: SaverDef): SaverDef {
  const copy = new SaverDef();
  copy.CopyFrom(def);
  return copy;
}

function isNothing(list: VarList): boolean {
  if (list instanceof Map) return list.size === 0;
  return (Array.isArray(list) ? list : Object.keys(list)).length === 0;
}

/** All variables of the default graph, and what else is to be saved. */
function allSaveables(): (Operand | SaveableObject)[] {
  const graph = get_default_graph();
  return [GraphKeys.GLOBAL_VARIABLES, GraphKeys.SAVEABLE_OBJECTS].flatMap(
    (key) => graph.get_collection(key) as (Operand | SaveableObject)[],
  );
}

/** The error of a save: a missing directory is said in words. */
function explained(error: unknown, save_path: string): unknown {
  const parent = dirname(save_path);
  const mayBe = error instanceof FailedPreconditionError || error instanceof NotFoundError;
  if (!mayBe || parent === '' || isDirectory(parent)) return error;
  return new ValueError(`Parent directory of ${save_path} doesn't exist, can't save.`);
}

registerProtoFunctions(GraphKeys.SAVERS, {
  proto_type: SaverDef,
  to_proto: (saver, scope) => (saver as Saver).to_proto(scope),
  from_proto: (message, scope) => Saver.from_proto(message as SaverDef, scope),
});
