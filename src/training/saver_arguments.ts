/** The parameters of savers and their methods, with TF1's names, order and defaults. */

import type { Operand } from '../core/operand.ts';
import { signature } from '../core/signature.ts';
import type { Name } from '../core/tensor.ts';
import { SaverDef } from '../formats/meta_graph_messages.ts';
import type { BaseSession } from '../session/session.ts';
import type { VarList } from './saveable.ts';
import type { BaseSaverBuilder } from './saver_builder.ts';

/** A number of training steps, the tensor of it, or that one's name. */
export type StepLike = number | Operand | string;

/** What a saver is made with. */
export const saverArguments = signature(
  [
    'var_list',
    'reshape',
    'sharded',
    'max_to_keep',
    'keep_checkpoint_every_n_hours',
    'name',
    'restore_sequentially',
    'saver_def',
    'builder',
    'defer_build',
    'allow_empty',
    'write_version',
    'pad_step_number',
    'save_relative_paths',
    'filename',
  ],
  (
    var_list: VarList | null = null,
    reshape: boolean = false,
    sharded: boolean = false,
    max_to_keep: number | null = 5,
    keep_checkpoint_every_n_hours: number = 10000,
    name: Name = null,
    restore_sequentially: boolean = false,
    saver_def: SaverDef | null = null,
    builder: BaseSaverBuilder | null = null,
    defer_build: boolean = false,
    allow_empty: boolean = false,
    write_version: number = SaverDef.V2,
    pad_step_number: boolean = false,
    save_relative_paths: boolean = false,
    filename: string | null = null,
  ) => ({
    options: {
      reshape,
      sharded,
      max_to_keep,
      keep_checkpoint_every_n_hours,
      name,
      restore_sequentially,
    },
    ...{ var_list, saver_def, builder, defer_build, allow_empty, write_version },
    ...{ pad_step_number, save_relative_paths, filename },
  }),
  { objects: ['var_list'] },
);
/** What a saver was made with. */
export type SaverArguments = ReturnType<typeof saverArguments>;

/** What a checkpoint is written with. */
export const saveArguments = signature(
  [
    'sess',
    'save_path',
    'global_step',
    'latest_filename',
    'meta_graph_suffix',
    'write_meta_graph',
    'write_state',
    'strip_default_attrs',
  ],
  (
    sess: BaseSession | null,
    save_path: string,
    global_step: StepLike | null = null,
    latest_filename: string | null = null,
    meta_graph_suffix: string = 'meta',
    write_meta_graph: boolean = true,
    write_state: boolean = true,
    strip_default_attrs: boolean = false,
  ) => ({
    ...{ sess, save_path, global_step, latest_filename: latest_filename ?? 'checkpoint' },
    ...{ meta_graph_suffix, write_meta_graph, write_state, strip_default_attrs },
  }),
  { name: 'save' },
);
/** What a checkpoint is written with. */
export type SaveArguments = ReturnType<typeof saveArguments>;

/** What a checkpoint is read with. */
export const restoreArguments = signature(
  ['sess', 'save_path'],
  (sess: BaseSession | null, save_path: string | null) => ({ sess, save_path }),
  { name: 'restore' },
);

/** What a meta graph is written with. */
export const exportArguments = signature(
  [
    'filename',
    'collection_list',
    'as_text',
    'export_scope',
    'clear_devices',
    'clear_extraneous_savers',
    'strip_default_attrs',
  ],
  (
    filename: string | null = null,
    collection_list: readonly string[] | null = null,
    as_text: boolean = false,
    export_scope: string | null = null,
    clear_devices: boolean = false,
    clear_extraneous_savers: boolean = false,
    strip_default_attrs: boolean = false,
  ) => ({
    ...{ filename, collection_list, as_text, export_scope },
    ...{ clear_devices, clear_extraneous_savers, strip_default_attrs },
  }),
  { name: 'export_meta_graph' },
);
