/** `tf.saved_model.main_op`: what runs when a model is loaded. */

import { controlDependencies } from '../core/mode.ts';
import { fn } from '../core/signature.ts';
import type { Node } from '../core/tensor.ts';
import { GraphKeys } from '../graph/collections.ts';
import { get_default_graph } from '../graph/default_graph.ts';
import { Operation } from '../graph/operation.ts';
import { group, no_op } from '../ops/control_flow.ts';
import {
  global_variables_initializer,
  local_variables_initializer,
} from '../variables/collections.ts';

/** Initializes global and local variables and tables. */
export const main_op = fn(
  [],
  (): Node =>
    group(global_variables_initializer(), local_variables_initializer(), tablesInitializer()),
);

/** The same, and then `restore_op_name`, an operation or its name. */
export const main_op_with_restore = fn(
  ['restore_op_name'],
  (restore_op_name: Node | string): Node => {
    const restore =
      typeof restore_op_name === 'string'
        ? get_default_graph().get_operation_by_name(restore_op_name)
        : restore_op_name;
    return controlDependencies([main_op()], () => group(restore));
  },
);

function tablesInitializer(): Node {
  const initializers = get_default_graph().get_collection(GraphKeys.TABLE_INITIALIZERS);
  const operations = initializers.filter((member) => member instanceof Operation);
  const name = 'init_all_tables';
  return operations.length > 0 ? group(...operations, { name }) : no_op(name);
}
