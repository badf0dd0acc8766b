/** The parameters of Graph's methods that take keywords. */

import { signature } from '../core/signature.ts';

/** Those of `as_graph_element`. */
export const elementArguments = signature(
  ['obj', 'allow_tensor', 'allow_operation'],
  (obj: unknown, allow_tensor: boolean = true, allow_operation: boolean = true) => ({
    obj,
    allow_tensor,
    allow_operation,
  }),
  { name: 'as_graph_element', objects: ['obj'] },
);

/** Those of `unique_name`. */
export const uniqueNameArguments = signature(
  ['name', 'mark_as_used'],
  (name: string, mark_as_used: boolean = true) => ({ name, mark_as_used }),
  { name: 'unique_name' },
);

/** Those of `colocate_with`. */
export const colocateArguments = signature(
  ['op', 'ignore_existing'],
  (op: unknown, ignore_existing: boolean = false) => ({ op, ignore_existing }),
  { name: 'colocate_with', objects: ['op'] },
);

/** Those of `get_collection` and its like. */
export const collectionArguments = signature(
  ['name', 'scope'],
  (name: string, scope: string | null = null) => ({ name, scope }),
  { name: 'get_collection' },
);

/** Those of `as_graph_def`. */
export const graphDefArguments = signature(
  ['from_version', 'add_shapes'],
  (from_version: number | null = null, add_shapes: boolean = false) => ({
    from_version,
    add_shapes,
  }),
  { name: 'as_graph_def' },
);

/** Those of `DeviceSpec`. */
export const deviceSpecArguments = signature(
  ['job', 'replica', 'task', 'device_type', 'device_index'],
  (
    job: string | null = null,
    replica: number | null = null,
    task: number | null = null,
    device_type: string | null = null,
    device_index: number | null = null,
  ) => ({ job, replica, task, device_type, device_index }),
);
