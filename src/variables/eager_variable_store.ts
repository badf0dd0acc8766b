/** A store for `tf.get_variable` in eager mode, where variables live only as long as somebody holds them. */

import type { ContextManager } from '../core/context.ts';
import { withStore } from './scope_stack.ts';
import type { Variable } from './variable.ts';
import { VariableStore } from './variable_store.ts';

/** Keeps variables that `tf.get_variable` makes while it is in force, and shares them by name. */
export class EagerVariableStore {
  private readonly store = new VariableStore(true);

  /** A context manager in which this store is in force. */
  as_default(): ContextManager<unknown> {
    return withStore(this.store);
  }

  /** All its variables, by name. */
  variables(): Variable[] {
    return [...this.store.variables.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }
  trainable_variables(): Variable[] {
    return this.variables().filter((variable) => variable.trainable);
  }
  non_trainable_variables(): Variable[] {
    return this.variables().filter((variable) => !variable.trainable);
  }
}
