/** Variables as meta graphs describe them. */

import { VariableDef } from '../formats/meta_graph_messages.ts';
import { GraphKeys } from '../graph/collections.ts';
import { registerProtoFunctions } from '../graph/proto_functions.ts';
import { ResourceVariable } from './resource_variable.ts';
import { SaveSliceInfo } from './save_slice_info.ts';
import { Variable } from './variable.ts';

/** The variable of the default graph that `def` describes; its names stand inside `import_scope`. */
export function variableFromProto(def: VariableDef, import_scope: string | null = null): Variable {
  const type = def.is_resource ? ResourceVariable : Variable;
  const variable = type.from_proto(def, import_scope);
  if (def.HasField('save_slice_info_def')) {
    const { save_slice_info_def } = def;
    variable._set_save_slice_info(new SaveSliceInfo({ save_slice_info_def, import_scope }));
  }
  return variable;
}

/** The collections whose members are variables. */
const COLLECTIONS = [
  GraphKeys.GLOBAL_VARIABLES,
  GraphKeys.TRAINABLE_VARIABLES,
  GraphKeys.MOVING_AVERAGE_VARIABLES,
  GraphKeys.LOCAL_VARIABLES,
  GraphKeys.MODEL_VARIABLES,
  GraphKeys.METRIC_VARIABLES,
  GraphKeys.GLOBAL_STEP,
];

for (const name of COLLECTIONS) {
  registerProtoFunctions(name, {
    proto_type: VariableDef,
    to_proto: (member, scope) => (member as Variable).to_proto(scope),
    from_proto: (message, scope) => variableFromProto(message as VariableDef, scope),
  });
}
