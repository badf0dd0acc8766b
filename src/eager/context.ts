/** Which mode a program is in, and switching between them. */

import { type ContextManager, scoped } from '../core/context.ts';
import { ValueError, withHint } from '../core/errors.ts';
import { enterMode, leaveMode, type Mode, registerDefaultMode } from '../core/mode.ts';
import { fn } from '../core/signature.ts';
import { defaultGraphInUse, get_default_graph } from '../graph/default_graph.ts';
import { eagerMode } from './eager_mode.ts';

/** What an op does with inputs on another device: an error, a copy with a warning, a copy. There is one device here. */
export const DEVICE_PLACEMENT_EXPLICIT = 0;
export const DEVICE_PLACEMENT_WARN = 1;
export const DEVICE_PLACEMENT_SILENT = 2;
export const DEVICE_PLACEMENT_SILENT_FOR_INT32 = 3;
/** Whether ops wait for their results. They always do here. */
export const SYNC = 0;
export const ASYNC = 1;

const CPU = '/job:localhost/replica:0/task:0/device:CPU:0';

let enabled = false;
registerDefaultMode(() => (enabled ? eagerMode : get_default_graph()));

/**
 * Turns on eager execution for the rest of the program: ops compute at once. ValueError if a graph
 * was built already, as the program cannot change its mind half way.
 */
export const enable_eager_execution = fn(
  ['config', 'device_policy', 'execution_mode'],
  (
    _config: object | null = null,
    device_policy: number | null = null,
    execution_mode: number | null = null,
  ): void => {
    if (device_policy !== null && !(device_policy >= 0 && device_policy <= 3)) {
      throw new ValueError(
        'device_policy must be one of None, tf.contrib.eager.DEVICE_PLACEMENT_*',
      );
    }
    if (execution_mode !== null && execution_mode !== SYNC && execution_mode !== ASYNC) {
      throw new ValueError(
        'execution_mode must be one of None, tf.contrib.eager.SYNC, tf.contrib.eager.ASYNC',
      );
    }
    if (enabled) return;
    if (defaultGraphInUse()) {
      throw new ValueError(
        withHint(
          'tf.enable_eager_execution must be called at program startup.',
          'Operations are in the default graph already. Call it right after the import.',
        ),
      );
    }
    enabled = true;
  },
);

function inMode(mode: () => Mode): ContextManager<void> {
  return scoped(() => {
    enterMode(mode());
    return [undefined, leaveMode];
  });
}

/** A context manager inside which ops compute at once. */
export function eager_mode(): ContextManager<void> {
  return inMode(() => eagerMode);
}

/** A context manager inside which ops add to the default graph. */
export function graph_mode(): ContextManager<void> {
  return inMode(get_default_graph);
}

/** How many GPUs eager ops can use. */
export function num_gpus(): number {
  return 0;
}

/** The names of the devices that eager ops can use. */
export function list_devices(): string[] {
  return [CPU];
}
