/** Which mode a program is in, and switching between them. */

import type { ContextManager } from '../core/context.ts';
import { ValueError } from '../core/errors.ts';
import { enterMode, leaveMode, registerDefaultMode } from '../core/mode.ts';
import { defaultGraphInUse, get_default_graph } from '../graph/default_graph.ts';
import { eagerMode } from './eager_mode.ts';

let enabled = false;
registerDefaultMode(() => (enabled ? eagerMode : get_default_graph()));

/**
 * Turns on eager execution for the rest of the program: ops compute at once. ValueError if a graph
 * was built already, as the program cannot change its mind half way.
 */
export function enable_eager_execution(
  _config: unknown = null,
  _device_policy: unknown = null,
  _execution_mode: unknown = null,
): void {
  if (enabled) return;
  if (defaultGraphInUse()) {
    throw new ValueError('tf.enable_eager_execution must be called at program startup.');
  }
  enabled = true;
}

/** A context manager inside which ops compute at once. */
export function eager_mode(): ContextManager<void> {
  return { enter: () => enterMode(eagerMode), exit: leaveMode, synchronousOnly: true };
}

/** A context manager inside which ops add to the default graph. */
export function graph_mode(): ContextManager<void> {
  return { enter: () => enterMode(get_default_graph()), exit: leaveMode, synchronousOnly: true };
}
