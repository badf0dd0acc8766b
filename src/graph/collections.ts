/** Named lists that libraries keep in a graph: variables, losses, update operations, summaries. */

/** The standard names of collections. */
export const GraphKeys = {
  GLOBAL_VARIABLES: 'variables',
  LOCAL_VARIABLES: 'local_variables',
  METRIC_VARIABLES: 'metric_variables',
  MODEL_VARIABLES: 'model_variables',
  TRAINABLE_VARIABLES: 'trainable_variables',
  SUMMARIES: 'summaries',
  QUEUE_RUNNERS: 'queue_runners',
  TABLE_INITIALIZERS: 'table_initializer',
  ASSET_FILEPATHS: 'asset_filepaths',
  MOVING_AVERAGE_VARIABLES: 'moving_average_variables',
  REGULARIZATION_LOSSES: 'regularization_losses',
  CONCATENATED_VARIABLES: 'concatenated_variables',
  SAVERS: 'savers',
  WEIGHTS: 'weights',
  BIASES: 'biases',
  ACTIVATIONS: 'activations',
  UPDATE_OPS: 'update_ops',
  LOSSES: 'losses',
  SAVEABLE_OBJECTS: 'saveable_objects',
  RESOURCES: 'resources',
  LOCAL_RESOURCES: 'local_resources',
  TRAINABLE_RESOURCE_VARIABLES: 'trainable_resource_variables',
  INIT_OP: 'init_op',
  LOCAL_INIT_OP: 'local_init_op',
  READY_OP: 'ready_op',
  READY_FOR_LOCAL_INIT_OP: 'ready_for_local_init_op',
  SUMMARY_OP: 'summary_op',
  GLOBAL_STEP: 'global_step',
  EVAL_STEP: 'eval_step',
  TRAIN_OP: 'train_op',
  COND_CONTEXT: 'cond_context',
  WHILE_CONTEXT: 'while_context',
  /** The older name of GLOBAL_VARIABLES. */
  VARIABLES: 'variables',
} as const;

/** The collections of one graph. */
export class Collections {
  private readonly lists = new Map<string, unknown[]>();

  /** Appends `value` to collection `name`. */
  add(name: string, value: unknown): void {
    this.reference(name).push(value);
  }

  /** The list itself, created if it is not there. */
  reference(name: string): unknown[] {
    const list = this.lists.get(name);
    if (list) return list;
    const created: unknown[] = [];
    this.lists.set(name, created);
    return created;
  }

  /** A copy of collection `name`; with `scope`, its members whose name begins with a match of that regular expression. */
  get(name: string, scope: string | null = null): unknown[] {
    const list = this.lists.get(name) ?? [];
    if (scope === null) return [...list];
    const pattern = new RegExp(`^(?:${scope})`);
    return list.filter((item) => {
      const itemName = (item as { name?: unknown } | null)?.name;
      return typeof itemName === 'string' && pattern.test(itemName);
    });
  }

  /** Empties collection `name`. */
  clear(name: string): void {
    this.lists.delete(name);
  }

  /** The names of all collections. */
  keys(): string[] {
    return [...this.lists.keys()];
  }
}
