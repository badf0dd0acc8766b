/** The programs of test/golden/record_graphs.py, line by line. */

import * as tf from 'tf1';

const { train } = tf;

function operators(): void {
  const a = tf.constant(
    [
      [1, 2],
      [3, 4],
    ],
    { name: 'a' },
  );
  const b = tf.constant(
    [
      [5, 6],
      [7, 8],
    ],
    { name: 'b' },
  );
  const c = a.add(b);
  const d = a.subtract(1.5);
  const e = tf.multiply(2, b, { name: 'mul' });
  const f = c.truediv(d);
  const g = e.pow(2).negative();
  const h = tf.matmul(f, g);
  const i = h.abs().floordiv(3);
  const j = i.mod(2);
  const k = tf.logical_and(a.less(b), tf.logical_not(a.greater_equal(j)));
  tf.equal(a, b, { name: 'same' });
  const n = tf.constant(7, tf.int32);
  n.truediv(tf.constant(2, tf.int32));
  n.floordiv(2);
  tf.cast(k, tf.float32);
  tf.subtract(1, a, { name: 'sub' });
  tf.truediv(3, a);
}

function linear_regression(): void {
  const x = tf.placeholder(tf.float32, [null, 3], { name: 'x' });
  const y_ = tf.placeholder(tf.float32, [null, 1], { name: 'y_' });
  const w = new tf.Variable(tf.zeros([3, 1]), { name: 'w' });
  const b = new tf.Variable(tf.zeros([1]));
  const error = tf.matmul(x, w).add(b).subtract(y_);
  const loss = tf.reduce_mean(tf.square(error), { name: 'loss' });
  new train.GradientDescentOptimizer(0.3).minimize(loss);
  tf.global_variables_initializer();
}

function variables(): void {
  const v = new tf.Variable([1, 2], { name: 'v' });
  new tf.Variable(3, { trainable: false });
  new tf.Variable(tf.random_normal([2, 2], { seed: 1 }), { name: 'r' });
  new tf.Variable(() => tf.ones([2]), { name: 'lazy', dtype: tf.float32 });
  new tf.Variable(v.initialized_value().multiply(2), { name: 'twice' });
  tf.assign(v, [3, 4]);
  tf.assign_add(v, [1, 1], { name: 'more' });
  v.assign_sub([1, 1]);
  tf.scatter_add(v, [0], [5]);
  tf.scatter_update(v, tf.constant([1], tf.int32), tf.constant([7]), { name: 'set' });
  tf.identity(v);
  tf.local_variables_initializer();
  tf.variables_initializer([v], { name: 'only_v' });
  tf.is_variable_initialized(v);
}

function scopes_and_initializers(): void {
  const ones = { initializer: tf.ones_initializer() };
  const zeros = { initializer: tf.zeros_initializer() };
  tf.with(tf.variable_scope('net', { initializer: tf.constant_initializer(0.5) }), () => {
    tf.get_variable('w', [3, 2]);
    tf.get_variable('b', [2], zeros);
    tf.with(tf.variable_scope('inner'), () => {
      tf.get_variable('u', [2, 2], {
        initializer: tf.random_uniform_initializer(-1, 1, { seed: 2 }),
      });
      tf.get_variable('t', [2, 2], {
        initializer: tf.truncated_normal_initializer({ stddev: 0.1, seed: 3 }),
      });
      tf.get_variable('n', [2], { initializer: tf.random_normal_initializer({ seed: 4 }) });
      tf.constant(1);
    });
  });
  tf.with(tf.variable_scope('net', { reuse: true }), () => {
    const w = tf.get_variable('w', [3, 2]);
    tf.add(w, 1);
  });
  tf.with(tf.variable_scope('net', { reuse: tf.AUTO_REUSE }), () => {
    tf.get_variable('b');
    tf.get_variable('late', [2], ones);
  });
  for (let i = 0; i < 2; i++) {
    tf.with(tf.variable_scope(null, { default_name: 'block' }), () => {
      tf.get_variable('w', [1], ones);
    });
  }
  tf.get_variable('g', [4, 3], { initializer: tf.glorot_uniform_initializer({ seed: 5 }) });
  tf.get_variable('v', [4, 3], {
    initializer: tf.variance_scaling_initializer({
      scale: 2,
      mode: 'fan_in',
      distribution: 'uniform',
      seed: 6,
    }),
  });
  tf.get_variable('big', [40, 30], zeros);
  tf.get_variable('value', { initializer: tf.constant([1, 2]) });
}

function two_layers_adam(): void {
  const x = tf.placeholder(tf.float32, [null, 784], { name: 'x' });
  const y_ = tf.placeholder(tf.float32, [null, 10], { name: 'y_' });
  const w1 = new tf.Variable(tf.truncated_normal([784, 128], { stddev: 0.1, seed: 1 }), {
    name: 'w1',
  });
  const b1 = new tf.Variable(tf.constant(0.1, { shape: [128] }), { name: 'b1' });
  const h = tf.nn.relu(tf.matmul(x, w1).add(b1));
  const w2 = new tf.Variable(tf.truncated_normal([128, 10], { stddev: 0.1, seed: 2 }), {
    name: 'w2',
  });
  const b2 = new tf.Variable(tf.zeros([10]), { name: 'b2' });
  const logits = tf.nn.xw_plus_b(h, w2, b2);
  const loss = tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits({ labels: y_, logits }));
  const global_step = train.get_or_create_global_step();
  new train.AdamOptimizer(1e-3).minimize(loss, { global_step });
  const correct = tf.equal(tf.argmax(logits, 1), tf.argmax(y_, 1));
  tf.reduce_mean(tf.cast(correct, tf.float32), { name: 'accuracy' });
  tf.global_variables_initializer();
}

function convnet_momentum(): void {
  const x = tf.placeholder(tf.float32, [null, 784], { name: 'x' });
  const y_ = tf.placeholder(tf.int64, [null], { name: 'y_' });
  const image = tf.reshape(x, [-1, 28, 28, 1]);
  const p1 = tf.with(tf.name_scope('conv1'), () => {
    const w1 = new tf.Variable(tf.truncated_normal([5, 5, 1, 8], { stddev: 0.1, seed: 1 }), {
      name: 'w',
    });
    const b1 = new tf.Variable(tf.constant(0.1, { shape: [8] }), { name: 'b' });
    const h1 = tf.nn.relu(tf.nn.bias_add(tf.nn.conv2d(image, w1, [1, 1, 1, 1], 'SAME'), b1));
    return tf.nn.max_pool(h1, [1, 2, 2, 1], [1, 2, 2, 1], 'SAME', { name: 'pool' });
  });
  const p2 = tf.nn.avg_pool(p1, [1, 2, 2, 1], [1, 2, 2, 1], 'VALID');
  const flat = tf.reshape(p2, [-1, 7 * 7 * 8]);
  const w2 = new tf.Variable(tf.truncated_normal([392, 10], { stddev: 0.1, seed: 2 }), {
    name: 'w2',
  });
  const logits = tf.matmul(flat, w2);
  const loss = tf.reduce_mean(
    tf.nn.sparse_softmax_cross_entropy_with_logits({ labels: y_, logits }),
  );
  new train.MomentumOptimizer(0.02, 0.9, { use_nesterov: true }).minimize(loss);
  tf.nn.softmax(logits, { name: 'probabilities' });
  tf.global_variables_initializer();
}

type Make = (step: tf.Variable) => tf.train.Optimizer;

function slots(...makes: Make[]): void {
  const x = tf.placeholder(tf.float32, [2, 3], { name: 'x' });
  const w = new tf.Variable(tf.ones([3, 2]), { name: 'w' });
  const b = new tf.Variable(tf.zeros([2]), { name: 'b' });
  const loss = tf.reduce_sum(tf.square(tf.matmul(x, w).add(b)));
  const global_step = train.get_or_create_global_step();
  for (const make of makes) make(global_step).minimize(loss, { global_step });
  tf.global_variables_initializer();
}

function sparse_updates(): void {
  const ids = tf.placeholder(tf.int32, [4], { name: 'ids' });
  const table = new tf.Variable(tf.ones([6, 3]), { name: 'table' });
  const loss = tf.reduce_sum(tf.square(tf.gather(table, ids)));
  new train.GradientDescentOptimizer(0.1).minimize(loss);
  new train.MomentumOptimizer(0.1, 0.9).minimize(loss);
  new train.AdagradOptimizer(0.1).minimize(loss);
  new train.AdamOptimizer(0.1).minimize(loss);
}

function resource_variables(): void {
  const x = tf.placeholder(tf.float32, [null, 2], { name: 'x' });
  const w = tf.get_variable('w', [2, 1], {
    initializer: tf.zeros_initializer(),
    use_resource: true,
  });
  const b = new tf.Variable(tf.zeros([1]), { name: 'b', use_resource: true });
  const loss = tf.reduce_sum(tf.matmul(x, w).add(b));
  new train.GradientDescentOptimizer(0.1).minimize(loss);
  new train.MomentumOptimizer(0.1, 0.9).minimize(loss);
  w.assign([[1], [2]]);
  w.assign_add([[1], [2]]);
  tf.global_variables_initializer();
}

function name_scopes_and_edges(): void {
  const a = tf.constant(1);
  const { b, c, d, scope } = tf.with(tf.name_scope('outer'), (scope) => {
    const b = tf.constant(2);
    const c = tf.with(tf.name_scope('inner'), () => {
      const c = tf.add(a, b, { name: 'Add' });
      tf.add(c, b, { name: 'Add' });
      return c;
    });
    const d = tf.with(tf.name_scope('inner'), () => tf.multiply(c, 3, { name: 'product' }));
    tf.with(tf.name_scope(null), () => tf.constant(4, { name: 'top' }));
    tf.identity(d, { name: 'd' });
    return { b, c, d, scope };
  });
  tf.with(tf.name_scope(scope), () => tf.identity(a, { name: 'back' }));
  const { e, f } = tf.with(tf.control_dependencies([c.op, d]), () => {
    const e = tf.constant(5, { name: 'e' });
    const f = tf.identity(a, { name: 'f' });
    tf.with(tf.control_dependencies([e]), () => {
      tf.no_op({ name: 'last' });
      tf.add(e, f, { name: 'sum' });
    });
    tf.with(tf.control_dependencies(null), () => tf.constant(6, { name: 'free' }));
    return { e, f };
  });
  tf.with(tf.device('/cpu:0'), () => {
    tf.constant(7, { name: 'placed' });
    tf.with(tf.device('/job:worker'), () => tf.negative(a, { name: 'remote' }));
  });
  tf.with(tf.get_default_graph().colocate_with(c.op), () => tf.identity(a, { name: 'near' }));
  tf.group(c, d.op, { name: 'all' });
  tf.tuple([a, b], { name: 'pair' });
  tf.group(e, f);
}

function arrays(): void {
  const x = tf.placeholder(tf.float32, [null, 4, 6], { name: 'x' });
  x.at(0);
  x.at(':', '1:3', '::2');
  x.at('...', null);
  x.at(-1, '...', 0);
  const s = tf.shape(x);
  const n = s.at(0);
  tf.reshape(x, [-1, 24]);
  tf.reshape(x, tf.stack([n, 24]));
  tf.reshape(x, [n, 2, 12]);
  tf.transpose(x);
  tf.transpose(x, [0, 2, 1], { name: 'swapped' });
  tf.concat([x, x], 2);
  tf.concat([x, x], { axis: -1, name: 'wide' });
  tf.stack([x, x], { axis: 1 });
  const [a, b] = tf.split(x, 2, { axis: 1 });
  tf.split(a!, [1, 2, 3], 2);
  tf.unstack(b!, { axis: 1 });
  tf.expand_dims(x, -1);
  tf.squeeze(x.at(':', ':1'), [1]);
  tf.tile(x, [1, 2, 1]);
  tf.pad(x, [
    [0, 0],
    [1, 1],
    [2, 0],
  ]);
  tf.gather(x, [0, 1], { axis: 1 });
  tf.one_hot(tf.constant([1, 2], tf.int32), 4);
  tf.slice(x, [0, 1, 2], [-1, 2, 3]);
  tf.zeros_like(x);
  tf.ones_like(a!);
  tf.fill([2, 3], 9);
  tf.range(5);
  tf.reverse(x, { axis: [1] });
  tf.size(x);
  tf.rank(x);
  tf.zeros([3, 2], tf.int32);
  tf.ones([2], tf.bool);
  tf.stop_gradient(x);
  tf.boolean_mask(x, tf.constant([true, false, true, true]), { axis: 1 });
}

function reductions_and_math(): void {
  const x = tf.placeholder(tf.float32, [null, 3], { name: 'x' });
  const y = tf.placeholder(tf.float32, { name: 'y' });
  tf.reduce_mean(x);
  tf.reduce_sum(x, 1, { keepdims: true });
  tf.reduce_max(x, { axis: [0, 1] });
  tf.reduce_min(y);
  tf.reduce_prod(x, { axis: -1, name: 'product' });
  tf.reduce_any(x.greater(0), 0);
  tf.argmax(x, 1);
  tf.argmin(x, { axis: 0, output_type: tf.int32 });
  tf.where(x.greater(0), x, tf.zeros_like(x));
  tf.where(x.greater(0));
  tf.clip_by_value(x, -1, 1);
  tf.clip_by_norm(x, 1);
  tf.clip_by_global_norm([x, x], 2);
  tf.add_n([x, x, x]);
  const [mean, variance] = tf.nn.moments(x, [0]);
  tf.nn.l2_normalize(x, 1);
  tf.nn.log_softmax(x);
  tf.nn.sigmoid_cross_entropy_with_logits({ labels: x, logits: x });
  tf.nn.softmax_cross_entropy_with_logits_v2({ labels: x, logits: x });
  tf.nn.top_k(x, 2);
  tf.nn.in_top_k(x, tf.constant([0], tf.int32), 1);
  tf.nn.batch_normalization(x, mean, variance, null, null, 1e-3);
  tf.squared_difference(x, 1);
  tf.maximum(x, 0);
  tf.pow(x, 2);
  tf.cumsum(x, 1);
  tf.cast(x, tf.int32);
  tf.to_float(tf.constant([1, 2], tf.int32));
  tf.norm(x);
  tf.sqrt(tf.exp(tf.log(x)));
  tf.is_nan(x);
}

function random_ops(): void {
  tf.set_random_seed(7);
  tf.random_normal([2, 3], { seed: 1 });
  tf.random_uniform([2, 3], -1, 1, { seed: 2 });
  tf.random_uniform([4], { maxval: 10, dtype: tf.int32, seed: 3 });
  tf.truncated_normal([2], { mean: 1, stddev: 0.5, seed: 4 });
  tf.random_shuffle(tf.constant([1, 2, 3]), { seed: 5 });
  tf.multinomial([[0.1, 0.9]], 3, { seed: 6 });
}

function moving_averages(): void {
  const v = new tf.Variable([1, 2], { name: 'v' });
  const step = new tf.Variable(0, { name: 'step', trainable: false });
  new train.ExponentialMovingAverage(0.9).apply([v]);
  new train.ExponentialMovingAverage(0.9, { num_updates: step, name: 'early' }).apply([v]);
  tf.global_variables_initializer();
}

function checks(): void {
  const x = tf.placeholder(tf.float32, [null, 2], { name: 'x' });
  tf.check_numerics(x, 'bad x');
  tf.Print(x, [x], 'x is ');
  tf.verify_tensor_all_finite(x, 'finite');
}

/** Each builds its graph in the default graph. */
export const PROGRAMS: Readonly<Record<string, () => void>> = {
  operators,
  linear_regression,
  variables,
  scopes_and_initializers,
  two_layers_adam,
  convnet_momentum,
  slots_adagrad_adadelta: () =>
    slots(
      () => new train.AdagradOptimizer(0.1),
      () => new train.AdadeltaOptimizer(0.1),
    ),
  slots_rmsprop: () =>
    slots(
      () => new train.RMSPropOptimizer(0.1),
      () => new train.RMSPropOptimizer(0.1, { momentum: 0.5, centered: true, name: 'Centered' }),
    ),
  slots_ftrl_proximal: () =>
    slots(
      () => new train.FtrlOptimizer(0.1, { l1_regularization_strength: 0.01 }),
      () => new train.ProximalGradientDescentOptimizer(0.1, { l2_regularization_strength: 0.01 }),
      () => new train.ProximalAdagradOptimizer(0.1),
    ),
  slots_adagrad_da: () => slots((step) => new train.AdagradDAOptimizer(0.1, step)),
  sparse_updates,
  resource_variables,
  name_scopes_and_edges,
  arrays,
  reductions_and_math,
  random_ops,
  moving_averages,
  checks,
};
