/**
 * The nodes of a saver: one that says which file, those that write all variables to it, and those
 * that read them back and assign them.
 */

import { int32, string } from '../core/dtype.ts';
import { KeyError, RuntimeError, ValueError } from '../core/errors.ts';
import { controlDependencies, executing_eagerly, nameScope, onDevice } from '../core/mode.ts';
import type { Operand } from '../core/operand.ts';
import type { TensorShape } from '../core/shape.ts';
import type { Name, Node, Tensor, TensorLike } from '../core/tensor.ts';
import { SaverDef } from '../formats/meta_graph_messages.ts';
import { get_default_graph } from '../graph/default_graph.ts';
import { DeviceSpec } from '../graph/device.ts';
import {
  MergeV2Checkpoints,
  RestoreV2,
  SaveSlices,
  SaveV2,
  ShardedFilename,
  ShardedFilespec,
} from '../ops/checkpoint.ts';
import { constant } from '../ops/constant.ts';
import { group, with_dependencies } from '../ops/control_flow.ts';
import { identity, shape } from '../ops/shape.ts';
import { string_join } from '../ops/strings.ts';
import { PartitionedVariable } from '../variables/index.ts';
import {
  op_list_to_dict,
  ResourceVariableSaveable,
  SaveableObject,
  SaveSpec,
  saveablesOf,
  VariableSaveable,
  type VarList,
} from './saveable.ts';

/** The saveables of one device. */
type Shard = readonly [device: string, saveables: readonly SaveableObject[]];

/** What a saver is built with. */
export interface SaverOptions {
  readonly reshape?: boolean;
  readonly sharded?: boolean;
  readonly max_to_keep?: number | null;
  readonly keep_checkpoint_every_n_hours?: number;
  readonly name?: Name;
  readonly restore_sequentially?: boolean;
  readonly filename?: string | null;
}

/** Builds savers whose variables are each read by a node of their own. */
export class BaseSaverBuilder {
  static readonly SaveSpec = SaveSpec;
  static readonly SaveableObject = SaveableObject;
  static readonly VariableSaveable = VariableSaveable;
  static readonly ResourceVariableSaveable = ResourceVariableSaveable;
  /** Variables by the names they will have in a checkpoint. */
  static readonly OpListToDict = op_list_to_dict;
  private readonly version: number;

  constructor(write_version: number = SaverDef.V2) {
    this.version = write_version;
  }

  /** The operation that saves `saveables`. */
  save_op(filename_tensor: Tensor, saveables: readonly SaveableObject[]): Node {
    const specs = saveables.flatMap((saveable) => saveable.specs);
    const tensors = specs.map((spec) => spec.tensor);
    const tensor_names = specs.map((spec) => spec.name);
    const slices = specs.map((spec) => spec.slice_spec);
    if (this.version === SaverDef.V1) {
      const inputs = { filename: filename_tensor, tensor_names, shapes_and_slices: slices };
      return SaveSlices({ ...inputs, data: tensors }, {}, 'save');
    }
    if (this.version === SaverDef.V2) {
      const inputs = { prefix: filename_tensor, tensor_names, shape_and_slices: slices };
      return SaveV2({ ...inputs, tensors });
    }
    throw new RuntimeError(`Unexpected write_version: ${this.version}`);
  }

  /** The tensors of all saveables as they are in the file, in order. */
  bulk_restore(
    filename_tensor: Tensor,
    saveables: readonly SaveableObject[],
    preferred_shard: number,
    _restore_sequentially: boolean,
  ): Tensor[] {
    return saveables.flatMap((saveable) => {
      const { device } = saveable;
      return onDevice(device ? onCpu(device) : null, () =>
        this.restore_op(filename_tensor, saveable, preferred_shard),
      );
    });
  }

  /** The tensors of one saveable as they are in the file. */
  restore_op(
    filename_tensor: Tensor,
    saveable: SaveableObject,
    _preferred_shard: number,
  ): Tensor[] {
    return saveable.specs.flatMap((spec) => readSpecs(filename_tensor, [spec]));
  }

  /** The name of one of several files. */
  sharded_filename(filename_tensor: Tensor, shard: number, num_shards: TensorLike): Tensor {
    return ShardedFilename({ basename: filename_tensor, shard: whole(shard), num_shards });
  }

  /** Builds the nodes, and says which they are. */
  build(names_to_saveables: VarList, options: SaverOptions = {}): SaverDef {
    return this._build(names_to_saveables, options, true, true);
  }

  /** Builds the nodes that are asked for; in eager mode that saves or restores at once. @internal */
  _build(list: VarList, options: SaverOptions, save: boolean, restore: boolean): SaverDef {
    const saveables = saveablesOf(list);
    const { sharded = false, reshape = false, restore_sequentially = false } = options;
    const eager = executing_eagerly();
    if (!eager && !(save && restore)) {
      throw new ValueError(
        'save and restore operations need to be built together  when eager execution is not enabled.',
      );
    }
    const names = nameScope(options.name, 'save', () => {
      const file = constant(options.filename || 'model', string);
      const shards = sharded ? groupByDevices(saveables) : null;
      const saved = save ? this.saveOps(file, saveables, shards) : null;
      const restored = restore
        ? this.restoreOps(file, saveables, shards, restore_sequentially, reshape)
        : null;
      return { file: nameOf(file), saved: saved ? nameOf(saved) : '', restored: restored?.name };
    });
    if (!eager) concatenatePartitions();
    return new SaverDef({
      filename_tensor_name: names.file,
      save_tensor_name: names.saved,
      restore_op_name: eager ? '' : names.restored!,
      max_to_keep: options.max_to_keep ?? 0,
      sharded,
      keep_checkpoint_every_n_hours: options.keep_checkpoint_every_n_hours ?? 10000,
      version: this.version,
    });
  }

  private saveOps(
    file: Tensor,
    saveables: readonly SaveableObject[],
    shards: readonly Shard[] | null,
  ): Tensor {
    if (shards === null) return this.saveTo(file, saveables);
    return this.version === SaverDef.V2
      ? this.saveMerged(file, shards)
      : this.saveSharded(file, shards);
  }

  /** The name of the file, once it is written. */
  private saveTo(file: Tensor, saveables: readonly SaveableObject[]): Tensor {
    return with_dependencies([this.save_op(file, saveables)], file) as Tensor;
  }

  private saveSharded(file: Tensor, shards: readonly Shard[]): Tensor {
    const num_shards = constant(whole(shards.length), { name: 'num_shards' });
    const saved = shards.map(([device, saveables], shard) =>
      onDevice(device, () =>
        this.saveTo(this.sharded_filename(file, shard, num_shards), saveables),
      ),
    );
    return controlDependencies(
      saved.map((name) => name.op),
      () => ShardedFilespec({ basename: file, num_shards }),
    );
  }

  /** Each device writes to a temporary directory, and then their bundles become one. */
  private saveMerged(file: Tensor, shards: readonly Shard[]): Tensor {
    const temporary = string_join([file, `_temp_${randomName()}/part`]);
    const num_shards = constant(whole(shards.length), { name: 'num_shards' });
    const prefixes: Tensor[] = [];
    const saved = shards.map(([device, saveables], shard) =>
      onDevice(onCpu(device), () => {
        const prefix = this.sharded_filename(temporary, shard, num_shards);
        prefixes.push(prefix);
        return this.saveTo(prefix, saveables);
      }),
    );
    return controlDependencies(
      saved.map((name) => name.op),
      () =>
        onDevice(onCpu(shards.at(-1)![0]), () => {
          const inputs = { checkpoint_prefixes: prefixes, destination_prefix: file };
          const merged = MergeV2Checkpoints(inputs, { delete_old_dirs: true });
          return controlDependencies([merged], () => identity(file));
        }),
    );
  }

  private restoreOps(
    file: Tensor,
    saveables: readonly SaveableObject[],
    shards: readonly Shard[] | null,
    sequentially: boolean,
    reshape: boolean,
  ): Node {
    if (shards === null) {
      return this.restoreFrom(file, saveables, sequentially, reshape, -1, 'restore_all');
    }
    const restored = shards.map(([device, ofDevice], shard) =>
      onDevice(device, () =>
        this.restoreFrom(file, ofDevice, sequentially, reshape, shard, 'restore_shard'),
      ),
    );
    return group(...restored, { name: 'restore_all' });
  }

  private restoreFrom(
    file: Tensor,
    saveables: readonly SaveableObject[],
    sequentially: boolean,
    reshape: boolean,
    shard: number,
    name: string,
  ): Node {
    const tensors = this.bulk_restore(file, saveables, shard, sequentially);
    let at = 0;
    const assigned = saveables.map((saveable) => {
      const shapes = reshape ? saveable.specs.map((spec) => shapeOf(spec.tensor)) : null;
      const mine = tensors.slice(at, at + saveable.specs.length);
      at += mine.length;
      return saveable.restore(mine, shapes);
    });
    return group(...(assigned as Operand[]), { name });
  }
}

/** Builds savers whose variables are all read by one node. */
export class BulkSaverBuilder extends BaseSaverBuilder {
  override bulk_restore(filename_tensor: Tensor, saveables: readonly SaveableObject[]): Tensor[] {
    const specs = saveables.flatMap((saveable) => saveable.specs);
    return onDevice('cpu:0', () => readSpecs(filename_tensor, specs));
  }
}

function readSpecs(prefix: Tensor, specs: readonly SaveSpec[]): Tensor[] {
  const tensor_names = specs.map((spec) => spec.name);
  const shape_and_slices = specs.map((spec) => spec.slice_spec);
  const dtypes = specs.map((spec) => spec.dtype);
  return [...RestoreV2({ prefix, tensor_names, shape_and_slices }, { dtypes })];
}

function whole(value: number): TensorLike {
  return int32(value);
}

/** A tensor's name; in eager mode its value, which is what the name would be run for. */
function nameOf(tensor: Tensor): string {
  return executing_eagerly() ? String(tensor.numpy()) : tensor.name;
}

function randomName(): string {
  return crypto.randomUUID().replaceAll('-', '');
}

/** The first CPU beside a device. */
function onCpu(device: string): string {
  const spec = DeviceSpec.from_string(device);
  spec.device_type = 'CPU';
  spec.device_index = 0;
  return spec.to_string();
}

function shapeOf(variable: Operand): TensorShape | Tensor {
  const known = (variable as Tensor).get_shape();
  return known.is_fully_defined() ? known : shape(variable);
}

/** The saveables of each device, by the devices' names. ValueError for one that is on several. */
function groupByDevices(saveables: readonly SaveableObject[]): Shard[] {
  const byDevice = new Map<string, SaveableObject[]>();
  for (const saveable of saveables) {
    const devices = new Set(
      saveable.specs.length === 1
        ? [canonical(saveable.device)]
        : saveable.specs.map((spec) => canonical((spec.tensor as Tensor).device)),
    );
    if (devices.size !== 1) {
      throw new ValueError(
        `All tensors of a saveable object must be on the same device: ${saveable.name}`,
      );
    }
    const [device] = [...devices] as [string];
    byDevice.set(device, [...(byDevice.get(device) ?? []), saveable]);
  }
  return [...byDevice].sort(([a], [b]) => (a < b ? -1 : 1));
}

function canonical(device: string): string {
  return DeviceSpec.from_string(device).to_string();
}

/** Meta graphs look variables in pieces up by name, so each needs the node of its concatenation. */
function concatenatePartitions(): void {
  const graph = get_default_graph();
  for (const key of graph.get_all_collection_keys()) {
    for (const member of graph.get_collection(key)) {
      if (!(member instanceof PartitionedVariable)) continue;
      try {
        graph.get_operation_by_name(member.name);
      } catch (error) {
        if (!(error instanceof KeyError)) throw error;
        member.as_tensor();
      }
    }
  }
}
