/** The programs of test/golden/record_variables.py, line by line. Each writes what it sees to a log. */

import * as tf from 'tf1';

type Log = unknown[];
const one = () => new tf.initializers.ones();
const zero = () => new tf.initializers.zeros();
const name = (operand: unknown) => (operand as { readonly name: string }).name;

function variables(log: Log): void {
  new tf.Variable([1, 2]);
  new tf.Variable([1, 2]);
  const v = tf.with(tf.name_scope('scope'), () => {
    const v = new tf.Variable(tf.zeros([2, 1]), { name: 'v' });
    new tf.Variable(tf.float64(2.5), { name: 'd', trainable: false });
    new tf.Variable([1, 2], { dtype: tf.int64, name: 'i' });
    new tf.Variable(true, { name: 'b' });
    new tf.Variable('text', { name: 't' });
    return v;
  });
  new tf.Variable(() => tf.ones([2]), { name: 'lazy' });
  const w = tf.with(tf.device('/cpu:1'), () => {
    const w = new tf.Variable(() => tf.ones([2]), { name: 'w' });
    new tf.Variable(1, { name: 'cached', caching_device: '/cpu:0' });
    return w;
  });
  tf.with(tf.device('/gpu:0'), () => {
    w.assign([1, 2]);
    tf.group(w, w.initializer);
  });
  tf.with(tf.control_dependencies([v]), () => new tf.Variable(3, { name: 'free' }));
  tf.with(tf.colocate_with(w), () => {
    new tf.Variable(4, { name: 'beside' });
    new tf.Variable(() => tf.constant(4), { name: 'beside_lazy' });
  });
  const p = tf.placeholder(tf.float32);
  const u = new tf.Variable(p, { validate_shape: false, name: 'u' });
  tf.assign(u, [1], { validate_shape: false });
  log.push(...tf.global_variables().map(String), ...tf.trainable_variables('scope').map(name));
  v.read_value();
  tf.scatter_nd_update(v, [[0, 0]], [1]);
  tf.scatter_sub(v, [0], [[1]]);
  const i = new tf.Variable(0, { dtype: tf.int32, name: 'n' });
  i.count_up_to(3);
  tf.count_up_to(i, 4);
  tf.global_variables_initializer();
  tf.local_variables_initializer();
  log.push(String(u.shape), String(v.get_shape()), u.op.name, w.device);
  log.push(v.initial_value?.name, v.initializer.name);
}

function reports(log: Log): void {
  tf.report_uninitialized_variables([]);
  const v = new tf.Variable([1, 2], { name: 'v' });
  new tf.Variable([1, 2], { name: 'w' });
  tf.is_variable_initialized(v);
  tf.report_uninitialized_variables({ name: 'report' });
  tf.assert_variables_initialized([v]);
  tf.assert_variables_initialized();
  tf.get_local_variable('l', [3], { initializer: one() });
  tf.initialize_all_variables();
  tf.initialize_local_variables();
  tf.initialize_variables([v], { name: 'mine' });
  tf.variables_initializer([]);
  log.push(...tf.local_variables().map(name));
}

function resources(log: Log): void {
  const get = (label: string, shape: number[], options: object): tf.contrib.eager.Variable =>
    tf.get_variable(label, shape, options) as tf.contrib.eager.Variable;
  const r = get('r', [2, 2], { use_resource: true, initializer: zero() });
  const q = tf.with(tf.variable_scope('s', { use_resource: true }), () =>
    tf.get_variable('q', [], { initializer: one() }),
  );
  tf.add(r, q);
  r.assign(tf.ones([2, 2]));
  q.assign_sub(1, { name: 'less' });
  r.read_value();
  r.value();
  tf.scatter_update(r, tf.constant([0], tf.int32), tf.ones([1, 2]));
  r.sparse_read(tf.constant([0], tf.int32));
  const n = get('n', [], { dtype: tf.int32, use_resource: true, initializer: zero() });
  n.count_up_to(5);
  const placed = tf.with(tf.device('/cpu:1'), () => {
    const placed = get('placed', [], { use_resource: true, initializer: zero() });
    new tf.Variable(1, { use_resource: true, name: 'cached', caching_device: '/cpu:0' });
    return placed;
  });
  tf.with(tf.device('/gpu:0'), () => {
    placed.assign_add(1);
    tf.add(placed, 1);
    placed.read_value();
  });
  log.push(String(r), r.name, r.op.name, r.handle.name, r.dtype.name);
  log.push(r.initializer.name, q.initial_value?.name);
}

function scopes(log: Log): void {
  const say = (scope: tf.VariableScope) =>
    log.push(`${scope.name}|${scope.original_name_scope}|${tf.get_variable_scope().name}`);
  const variable = (label: string) =>
    log.push(tf.get_variable(label, [1], { initializer: one() }).name);
  const constant = () => log.push(tf.constant(1).name);
  let b!: tf.VariableScope;
  const a = tf.with(tf.variable_scope('a'), (a) => {
    say(a);
    variable('v');
    log.push(new tf.Variable(1, { name: 'plain' }).name);
    constant();
    tf.with(tf.variable_scope('b'), (scope) => {
      b = scope;
      say(b);
      variable('v');
      constant();
    });
    tf.with(tf.variable_scope(b, { reuse: true }), (again) => {
      say(again);
      log.push(tf.get_variable('v', [1]).name);
      constant();
    });
    tf.with(tf.variable_scope(a, { reuse: tf.AUTO_REUSE }), (again) => {
      say(again);
      log.push(tf.get_variable('v', [1]).name);
      constant();
    });
    return a;
  });
  tf.with(tf.variable_scope('a', { reuse: true }), (again) => {
    say(again);
    constant();
  });
  tf.with(tf.variable_scope(b, { auxiliary_name_scope: false }), (again) => {
    say(again);
    constant();
  });
  tf.with(tf.name_scope('n'), () => {
    variable('w');
    tf.with(tf.variable_scope('c'), (c) => {
      say(c);
      variable('v');
      constant();
    });
  });
  for (let i = 0; i < 3; i++) {
    tf.with(tf.variable_scope(null, 'unit'), (unit) => {
      say(unit);
      variable('v');
      tf.with(tf.variable_scope(null, 'unit'), say);
      tf.with(tf.variable_scope(null, 'unit'), say);
    });
  }
  tf.with(tf.variable_scope('x/y'), (xy) => {
    say(xy);
    variable('v');
    constant();
  });
  tf.with(tf.variable_scope(tf.get_variable_scope()), (root) => {
    say(root);
    constant();
  });
  tf.with(tf.variable_scope(tf.get_variable_scope(), { reuse: true }), () => {
    log.push(tf.get_variable('w', [1]).name);
    log.push(tf.get_variable_scope().reuse === true ? 'True' : 'other');
  });
  const defaults = { initializer: tf.constant_initializer(2), dtype: tf.float64 };
  tf.with(tf.variable_scope('defaults', defaults), (d) => {
    log.push(String(tf.get_variable('v', [1])));
    log.push(String(tf.get_variable('w', [1], tf.int32)));
    tf.with(tf.variable_scope('deeper'), () => log.push(String(tf.get_variable('v', [1]))));
    d.reuse_variables();
    log.push(String(tf.get_variable('v')));
  });
  tf.with(tf.variable_scope('a'), (again) =>
    tf.with(tf.name_scope(again.original_name_scope), constant),
  );
  log.push(...a.global_variables().map(name));
}

function requests(log: Log): void {
  log.push(String(tf.get_variable('ints', [2], tf.int32)));
  log.push(String(tf.get_variable('bools', [2], tf.bool)));
  log.push(String(tf.get_variable('zero', { initializer: 0 })));
  log.push(String(tf.get_variable('count', { initializer: 0, dtype: tf.int32 })));
  log.push(String(tf.get_variable('tensor', { initializer: tf.constant([[1, 2]]) })));
  const local = { initializer: zero(), collections: [tf.GraphKeys.LOCAL_VARIABLES] };
  log.push(String(tf.get_variable('local', [], local)));
  log.push(String(tf.get_variable('fixed', [1], { trainable: false })));
  const inner: tf.CustomGetter = (getter, label, keywords) => {
    log.push(`${label} ${keywords.trainable ? 'True' : 'False'}`);
    return getter(`${label}_got`, { ...keywords, trainable: false });
  };
  const outer: tf.CustomGetter = (getter, label, keywords) => {
    log.push(`outer ${label}`);
    return getter(label, keywords);
  };
  tf.with(tf.variable_scope('custom', { custom_getter: outer }), () =>
    tf.with(tf.variable_scope('inner', { custom_getter: inner }), () =>
      log.push(tf.get_variable('v', [1]).name),
    ),
  );
  log.push(...tf.trainable_variables().map(name));
}

function partitions(log: Log): void {
  tf.with(tf.variable_scope('s', { partitioner: tf.fixed_size_partitioner(3) }), () => {
    const p: tf.Variable | tf.PartitionedVariable = tf.get_variable('p', [5, 2], {
      initializer: zero(),
    });
    log.push((p as object as tf.PartitionedVariable).as_tensor().name);
    log.push(tf.get_variable('scalar', [], { initializer: zero() }).name);
  });
  const get = (label: string, partitioner: tf.Partitioner) =>
    tf.get_variable(label, [4, 2], { partitioner, initializer: one() });
  const q = get('q', tf.fixed_size_partitioner(2, { axis: 1 }));
  tf.add(q, 1);
  tf.add(q, 1);
  tf.add(get('o', tf.fixed_size_partitioner(1)), 1);
  const whole = [
    [1, 2],
    [3, 4],
  ];
  tf.get_variable('i', {
    initializer: tf.constant(whole),
    partitioner: tf.fixed_size_partitioner(2),
  });
  const all = tf.global_variables();
  log.push(...all.map(name), ...all.map((v) => v._get_save_slice_info()?.spec ?? ''));
  const shape = new tf.TensorShape([10, 4]);
  for (const [partitioner, dtype] of [
    [tf.variable_axis_size_partitioner(64), tf.float32],
    [tf.variable_axis_size_partitioner(64, { max_shards: 2 }), tf.float32],
    [tf.min_max_variable_partitioner(8, { min_slice_size: 16 }), tf.float32],
    [tf.min_max_variable_partitioner(8, { min_slice_size: 64 }), tf.float64],
  ] as const) {
    log.push(`[${partitioner({ shape, dtype }).join(', ')}]`);
  }
  tf.global_variables_initializer();
}

function templates(log: Log): void {
  const scale = (x: tf.Tensor, { name = 'w' }: { name?: string } = {}) =>
    tf.multiply(x, tf.get_variable(name, [], { initializer: one() }), { name: 'scaled' });
  const t = tf.make_template('t', scale);
  const x = tf.constant(2);
  log.push(t(x).name, t(x).name);
  const u = tf.make_template('t', scale);
  log.push(u(x).name, u.variable_scope.name);
  const now = tf.with(tf.variable_scope('in'), () =>
    tf.make_template('now', scale, { create_scope_now_: true }),
  );
  log.push(now(x).name, now(x).name);
  log.push(tf.make_template('named', scale, { name: 'other' })(x).name);
  log.push(tf.make_template('unused', scale, { unique_name_: 'unique' })(x).name);
  log.push(...tf.global_variables().map(name), ...t.trainable_variables.map(name));
}

function guards(): void {
  const v = new tf.Variable(tf.zeros([2]), { name: 'v' });
  const lazy = tf.with(
    tf.device('/cpu:1'),
    () => new tf.Variable(() => tf.ones([2]), { name: 'lazy' }),
  );
  new tf.Variable(v.initialized_value().multiply(2), { name: 'twice' });
  new tf.Variable(tf.sqrt(lazy.multiply(2).add(v)), { name: 'both' });
  new tf.Variable(tf.ones([2]).multiply(3), { name: 'alone' });
  const r = tf.get_variable('r', [2], { use_resource: true, initializer: zero() });
  tf.get_variable('s', { initializer: r.add(1), use_resource: true });
}

function slices(): void {
  const v = new tf.Variable(tf.zeros([3, 4]), { name: 'v' });
  v.at(0).assign([9, 8, 7, 6]);
  v.at('1:', '::2').assign(tf.ones([2, 2]));
  tf.assign(v.at(2, 3), 5);
  v.at('0:1').assign([[1, 1, 1, 1]], { name: 'named' });
  const r = tf.get_variable('r', { initializer: tf.zeros([4]), use_resource: true });
  r.at('1:3').assign([1, 2]);
}

function orders(): void {
  const a = tf.constant(1);
  const b = tf.constant(2);
  const c = tf.with(tf.device('/cpu:0'), () => tf.constant(3));
  tf.group(a, [b, { x: c }], { name: 'g' });
  tf.group();
  tf.tuple([a, b.op, null], { name: 't' });
  tf.tuple([new tf.IndexedSlices(a, b)], { control_inputs: [c] });
  tf.with(tf.control_dependencies([a]), () => {
    tf.group(b);
    tf.no_op();
    tf.no_op({ name: 'named' });
  });
  const v = new tf.Variable(1);
  tf.group(v, v.initializer);
  tf.tuple([v]);
}

/** The programs by name. */
export const PROGRAMS: Readonly<Record<string, (log: Log) => void>> = {
  variables,
  reports,
  resources,
  scopes,
  requests,
  partitions,
  templates,
  guards,
  slices,
  orders,
};
