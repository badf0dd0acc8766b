/** Variables as meta graphs describe them. */

import type { VariableDef } from './arguments.ts';
import { ResourceVariable } from './resource_variable.ts';
import { SaveSliceInfo } from './save_slice_info.ts';
import { Variable } from './variable.ts';

/** The variable of the default graph that `def` describes; its names stand inside `import_scope`. */
export function variableFromProto(def: VariableDef, import_scope: string | null = null): Variable {
  const type = def.is_resource ? ResourceVariable : Variable;
  const variable = type.from_proto(def, import_scope);
  if (def.save_slice_info_def) {
    variable._set_save_slice_info(
      new SaveSliceInfo({ save_slice_info_def: def.save_slice_info_def, import_scope }),
    );
  }
  return variable;
}
