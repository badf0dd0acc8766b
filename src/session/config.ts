/** The options of sessions and runs, with the members of TensorFlow's protocol buffers. */

/** How much of the machine's memory and devices a GPU may take. Accepted and kept; one backend serves all. */
export class GPUOptions {
  allow_growth = false;
  per_process_gpu_memory_fraction = 0;
  visible_device_list = '';
  allocator_type = '';

  constructor(members: Partial<GPUOptions> = {}) {
    Object.assign(this, members);
  }
}

/**
 * Which optimizations a run may use. At level `L0` constants are folded and common subexpressions are
 * shared only where `do_constant_folding` and `do_common_subexpression_elimination` say so; at `L1`,
 * the default, always. A session's RewriterConfig tells for each pass.
 */
export class OptimizerOptions {
  static readonly L1 = 0;
  static readonly L0 = -1;
  static readonly DEFAULT = 0;
  static readonly OFF = -1;
  static readonly ON_1 = 1;
  static readonly ON_2 = 2;
  do_common_subexpression_elimination = false;
  do_constant_folding = false;
  do_function_inlining = false;
  opt_level = 0;
  /** `OFF` (-1) keeps runs on the general plan. */
  global_jit_level = 0;

  constructor(members: Partial<OptimizerOptions> = {}) {
    Object.assign(this, members);
  }
}

/** Switches of the passes that specialise a run: each is on unless it is `OFF`. */
export class RewriterConfig {
  static readonly DEFAULT = 0;
  static readonly ON = 1;
  static readonly OFF = 2;
  static readonly AGGRESSIVE = 3;
  /** Whether no pass runs at all. */
  disable_meta_optimizer = false;
  /** Operations of constants are computed ahead. */
  constant_folding = 0;
  /** Shapes that are known are numbers. */
  shape_optimization = 0;
  /** The same operation of the same numbers runs once. */
  common_subgraph_elimination = 0;
  /** Operations that change nothing, or undo each other, are left out. */
  arithmetic_optimization = 0;
  /** Matrix products read transposed operands where they are. */
  layout_optimizer = 0;
  /** What only passes numbers on copies nothing. */
  dependency_optimization = 0;
  /** Element-wise operations become one loop; products take up their bias and activation. */
  remapping = 0;

  constructor(members: Partial<RewriterConfig> = {}) {
    Object.assign(this, members);
  }
}

/** Options of graph execution. */
export class GraphOptions {
  optimizer_options = new OptimizerOptions();
  rewrite_options = new RewriterConfig();
  enable_recv_scheduling = false;
  infer_shapes = false;
  place_pruned_graph = false;
  build_cost_model = 0;

  constructor(members: Partial<GraphOptions> = {}) {
    Object.assign(this, members);
  }
}

/** Session configuration: `new tf.ConfigProto({ allow_soft_placement: true })`. */
export class ConfigProto {
  device_count: Record<string, number> = {};
  intra_op_parallelism_threads = 0;
  inter_op_parallelism_threads = 0;
  use_per_session_threads = false;
  placement_period = 0;
  device_filters: string[] = [];
  gpu_options = new GPUOptions();
  allow_soft_placement = false;
  log_device_placement = false;
  graph_options = new GraphOptions();
  operation_timeout_in_ms = 0;
  isolate_session_state = false;

  constructor(members: Partial<ConfigProto> = {}) {
    Object.assign(this, members);
  }
}

/** Options of one run. `FULL_TRACE` fills a RunMetadata. */
export class RunOptions {
  static readonly NO_TRACE = 0;
  static readonly SOFTWARE_TRACE = 1;
  static readonly HARDWARE_TRACE = 2;
  static readonly FULL_TRACE = 3;
  trace_level = 0;
  timeout_in_ms = 0;
  inter_op_thread_pool = 0;
  output_partition_graphs = false;

  constructor(members: Partial<RunOptions> = {}) {
    Object.assign(this, members);
  }
}

/** What one step took. Times are in microseconds, sizes in bytes. */
export interface NodeExecStats {
  readonly node_name: string;
  readonly all_start_micros: number;
  readonly op_start_rel_micros: number;
  readonly op_end_rel_micros: number;
  readonly all_end_rel_micros: number;
  readonly timeline_label: string;
  /** The bytes that the step added, and those in use after it, and at most so far, in the whole run. */
  readonly memory: readonly {
    readonly allocator_name: string;
    readonly total_bytes: number;
    readonly peak_bytes: number;
    readonly live_bytes: number;
  }[];
  readonly output: readonly {
    readonly slot: number;
    readonly tensor_description: {
      readonly dtype: string;
      readonly shape: readonly number[];
      readonly bytes: number;
    };
  }[];
}

/** The steps of one device. */
export interface DeviceStepStats {
  readonly device: string;
  readonly node_stats: NodeExecStats[];
}

/** What a traced run did. */
export class RunMetadata {
  step_stats: { dev_stats: DeviceStepStats[] } = { dev_stats: [] };
  /** Bytes moved into the run by feeds, and out of it by fetches. */
  host_transfers = { to_device_bytes: 0, from_device_bytes: 0 };
  /** Bytes of feeds and results that were in use at most, and at the end; variables are not counted. */
  memory: { readonly peak_bytes: number; readonly live_bytes: number } = {
    peak_bytes: 0,
    live_bytes: 0,
  };
}
