/** Which part of a larger variable a variable is, so that savers write and read the whole. */

import { signature } from '../core/signature.ts';
import { SaveSliceInfoDef } from '../formats/meta_graph_messages.ts';
import { prependNameScope, stripNameScope } from '../graph/scope_names.ts';

const saveSliceArguments = signature(
  ['full_name', 'full_shape', 'var_offset', 'var_shape', 'save_slice_info_def', 'import_scope'],
  (
    full_name: string | null = null,
    full_shape: readonly number[] | null = null,
    var_offset: readonly number[] | null = null,
    var_shape: readonly number[] | null = null,
    save_slice_info_def: SaveSliceInfoDef | null = null,
    import_scope: string | null = null,
  ) => {
    const def = save_slice_info_def;
    if (!def) {
      return {
        full_name: full_name ?? '',
        full_shape: full_shape ?? [],
        var_offset: var_offset ?? [],
        var_shape: var_shape ?? [],
      };
    }
    return {
      full_name: prependNameScope(def.full_name, import_scope),
      full_shape: def.full_shape.map(Number),
      var_offset: def.var_offset.map(Number),
      var_shape: def.var_shape.map(Number),
    };
  },
);

/** The name and shape of the whole, and where in it this part lies. */
export class SaveSliceInfo {
  readonly full_name: string;
  readonly full_shape: readonly number[];
  readonly var_offset: readonly number[];
  readonly var_shape: readonly number[];

  constructor(...args: Parameters<typeof saveSliceArguments>) {
    const def = saveSliceArguments(...args);
    this.full_name = def.full_name;
    this.full_shape = def.full_shape;
    this.var_offset = def.var_offset;
    this.var_shape = def.var_shape;
  }

  /** What a checkpoint calls this slice: the whole shape, then `offset,length` of each axis. */
  get spec(): string {
    const whole = this.full_shape.join(' ');
    const slices = this.var_offset.map((offset, i) => `${offset},${this.var_shape[i]}`);
    return `${whole} ${slices.join(':')}`;
  }

  /** The same as a meta graph keeps it. */
  to_proto(export_scope: string | null = null): SaveSliceInfoDef {
    const { full_shape, var_offset, var_shape } = this;
    const full_name = stripNameScope(this.full_name, export_scope);
    return new SaveSliceInfoDef({ full_name, full_shape, var_offset, var_shape });
  }
}
