/** What optimizers do beyond their formulas: gates, slots, names, constraints, subclasses, eager mode. */

import { beforeEach, describe, expect, test } from '@jest/globals';
import * as tf from 'tf1';
import { eager_mode } from '../../src/eager/context.ts';
import { ResourceVariable } from '../../src/variables/resource_variable.ts';
import { expectSays, type Row } from '../errors/says.ts';

beforeEach(() => tf.reset_default_graph());

const { train } = tf;
const descent = (rate = 0.5) => new train.GradientDescentOptimizer(rate);
const names = (operations: readonly { name: string }[]) => operations.map(({ name }) => name);

function numbersOf(value: unknown): unknown {
  return value instanceof tf.NdArray ? value.tolist() : value;
}

/** Runs `step` `times` times and gives the value of each variable. */
function trained(step: tf.Operation, times: number, variables: readonly tf.Variable[]): unknown[] {
  return tf.with(new tf.Session(), (sess) => {
    sess.run(tf.global_variables_initializer());
    for (let i = 0; i < times; i++) sess.run(step);
    return variables.map((v) => numbersOf(sess.run(v)));
  });
}

describe('minimize', () => {
  test('takes steps, counts them, and is found in the collection of training operations', () => {
    const w = new tf.Variable([2, -4], { name: 'w' });
    const global_step = train.get_or_create_global_step();
    const step = descent(0.25).minimize(tf.reduce_sum(tf.square(w)), { global_step });
    expect(step.name).toBe('GradientDescent');
    expect(step.type).toBe('AssignAdd');
    expect(tf.get_collection(tf.GraphKeys.TRAIN_OP)).toEqual([step]);
    expect(trained(step, 3, [w, global_step])).toEqual([[0.25, -0.5], 3]);
  });

  test('changes only var_list, in any nesting', () => {
    const a = new tf.Variable(1, { name: 'a' });
    const b = new tf.Variable(1, { name: 'b' });
    const c = new tf.Variable(1, { name: 'c' });
    const loss = tf.add_n([a, b, c].map((v) => v.value()));
    const step = descent(1).minimize(loss, { var_list: { second: [b], first: a } });
    expect(trained(step, 1, [a, b, c])).toEqual([0, 0, 1]);
  });

  test('leaves untrainable variables alone', () => {
    const a = new tf.Variable(1, { name: 'a' });
    const b = new tf.Variable(1, { name: 'b', trainable: false });
    expect(trained(descent(1).minimize(a.add(b)), 1, [a, b])).toEqual([0, 1]);
  });

  test('scales by grad_loss', () => {
    const a = new tf.Variable(1, { name: 'a' });
    const step = descent(1).minimize(tf.identity(a), { grad_loss: tf.constant(0.25) });
    expect(trained(step, 1, [a])).toEqual([0.75]);
  });

  test('names its operations after `name`, and again for a second step', () => {
    const a = new tf.Variable(1, { name: 'a' });
    const optimizer = new train.MomentumOptimizer(0.1, 0.9, { name: 'Push' });
    const loss = tf.square(a);
    expect(optimizer.minimize(loss).name).toBe('Push');
    expect(optimizer.minimize(loss).name).toBe('Push_1');
    expect(optimizer.minimize(loss, { name: 'named' }).name).toBe('named');
    expect(names(tf.global_variables())).toEqual(['a:0', 'a/Push:0']);
    expect(optimizer.get_name()).toBe('Push');
  });
});

describe('gates', () => {
  const gradientsWith = (gate_gradients: number) => {
    const a = new tf.Variable(1, { name: 'a' });
    const b = new tf.Variable(2, { name: 'b' });
    return descent().compute_gradients(tf.multiply(a, b), { gate_gradients });
  };

  test('GATE_GRAPH holds all gradients back until each is computed', () => {
    const pairs = gradientsWith(train.Optimizer.GATE_GRAPH);
    const [first] = pairs[0]!;
    const gate = first!.op;
    expect(gate.type).toBe('Identity');
    expect(gate.control_inputs.map(({ type }) => type)).toEqual(['NoOp']);
    expect(gate.control_inputs[0]!.control_inputs).toHaveLength(2);
  });

  test('the others leave them as they are', () => {
    const { GATE_NONE, GATE_OP } = train.Optimizer;
    expect([GATE_NONE, GATE_OP, descent().GATE_GRAPH]).toEqual([0, 1, 2]);
    expect(gradientsWith(GATE_NONE).map(([g]) => g!.op.type)).not.toContain('Identity');
  });
});

describe('slots', () => {
  test('are found by variable and name', () => {
    const a = new tf.Variable([1, 2], { name: 'a' });
    const b = new tf.Variable(1, { name: 'b' });
    const optimizer = new train.AdamOptimizer();
    optimizer.minimize(tf.reduce_sum(a).add(b));
    expect(optimizer.get_slot_names()).toEqual(['m', 'v']);
    expect(optimizer.get_slot(a, 'm')!.name).toBe('a/Adam:0');
    expect(optimizer.get_slot(b, 'v')!.name).toBe('b/Adam_1:0');
    expect(optimizer.get_slot(a, 'nothing')).toBe(null);
    expect(names(optimizer.variables())).toEqual([
      'a/Adam:0',
      'a/Adam_1:0',
      'b/Adam:0',
      'b/Adam_1:0',
      'beta1_power:0',
      'beta2_power:0',
    ]);
    expect(tf.trainable_variables()).toEqual([a, b]);
  });

  test('belong to the graph that they were made in', () => {
    const optimizer = new train.MomentumOptimizer(0.1, 0.9);
    const build = () => {
      optimizer.minimize(tf.square(new tf.Variable(1, { name: 'a' })));
      return names(optimizer.variables());
    };
    expect(build()).toEqual(['a/Momentum:0']);
    expect(tf.with(new tf.Graph().as_default(), build)).toEqual(['a/Momentum:0']);
  });
});

describe('sparse gradients', () => {
  const rows = (ids: readonly number[], optimizer: tf.train.Optimizer) => {
    const table = new tf.Variable(tf.ones([4, 2]), { name: 'table' });
    const step = optimizer.minimize(tf.reduce_sum(tf.gather(table, tf.int32(ids))));
    return trained(step, 1, [table])[0];
  };

  test('touch only their rows, and add what repeats', () => {
    expect(rows([1, 3, 1], descent(0.5))).toEqual([
      [1, 1],
      [0, 0],
      [1, 1],
      [0.5, 0.5],
    ]);
  });

  test('are summed before they are squared', () => {
    const optimizer = new train.AdagradOptimizer(1, { initial_accumulator_value: 5 });
    const [, second] = rows([1, 1], optimizer) as number[][];
    expect(second![0]).toBeCloseTo(1 - 2 / 3, 6);
  });
});

describe('constraints', () => {
  test('hold after each update', () => {
    const a = tf.get_variable('a', {
      initializer: tf.constant(1),
      constraint: (value) => tf.maximum(value, 0.75),
    });
    expect(trained(descent(0.5).minimize(tf.identity(a)), 2, [a])).toEqual([0.75]);
  });

  test('are refused for sparse gradients', () => {
    const table = tf.get_variable('t', {
      initializer: tf.ones([4, 2]),
      constraint: (value) => value,
    });
    expectSays([
      'RuntimeError',
      'Cannot use a constraint function on a sparse variable.',
      () => descent().minimize(tf.reduce_sum(tf.gather(table, tf.int32([0])))),
    ]);
  });
});

describe('subclasses', () => {
  /** Steps by the sign of the gradient alone. */
  class SignDescent extends train.Optimizer {
    prepared = 0;
    constructor() {
      super(false, 'SignDescent');
    }
    override _prepare(): void {
      this.prepared++;
    }
    override _create_slots(variables: readonly tf.Variable[]): void {
      for (const v of variables) this._zeros_slot(v, 'count', 'Count');
    }
    override _apply_dense(grad: tf.Tensor, variable: tf.Variable) {
      const counted = this.get_slot(variable, 'count')!.assign_add(tf.ones_like(variable));
      return tf.group(counted, variable.assign_sub(tf.sign(grad)));
    }
  }

  test('provide what they need', () => {
    const a = new tf.Variable([5, -5], { name: 'a' });
    const optimizer = new SignDescent();
    const step = optimizer.minimize(tf.reduce_sum(tf.square(a)));
    const slot = optimizer.get_slot(a, 'count')!;
    expect(slot.name).toBe('a/Count:0');
    expect(optimizer.prepared).toBe(1);
    expect(trained(step, 2, [a, slot])).toEqual([
      [3, -3],
      [2, 2],
    ]);
  });

  test('and no more', () => {
    const table = new tf.Variable(tf.ones([2, 2]));
    expectSays([
      'NotImplementedError',
      '',
      () => new SignDescent().minimize(tf.reduce_sum(tf.gather(table, tf.int32([0])))),
    ]);
  });

  test('must have a name', () => {
    expectSays([
      'ValueError',
      'Must specify the optimizer name',
      () => new train.Optimizer(false, ''),
    ]);
  });
});

const v = () => new tf.Variable(1, { name: 'v' });

const ERRORS: Row[] = [
  [
    'ValueError',
    'gate_gradients must be one of: Optimizer.GATE_NONE, Optimizer.GATE_OP, Optimizer.GATE_GRAPH.  Not 7',
    () => descent().minimize(tf.identity(v()), { gate_gradients: 7 }),
  ],
  [
    'NotImplementedError',
    "('Trying to optimize unsupported type ', v)",
    () => descent().compute_gradients(tf.identity(v()), { var_list: ['v' as never] }),
  ],
  [
    'ValueError',
    'initial_accumulator_value must be positive: 0',
    () => new train.AdagradOptimizer(0.1, 0),
  ],
  [
    'ValueError',
    'initial_accumulator_value must be positive: -1',
    () => new train.ProximalAdagradOptimizer(0.1, { initial_accumulator_value: -1 }),
  ],
  [
    'ValueError',
    'initial_gradient_squared_accumulator_value must be positive: 0',
    () => new train.AdagradDAOptimizer(0.1, v(), 0),
  ],
  [
    'ValueError',
    'learning_rate_power 0.500000 needs to be negative or zero',
    () => new train.FtrlOptimizer(0.1, 0.5),
  ],
  [
    'ValueError',
    'l1_regularization_strength -1.000000 needs to be positive or zero',
    () => new train.FtrlOptimizer(0.1, { l1_regularization_strength: -1 }),
  ],
  [
    'TypeError',
    "__init__() got an unexpected keyword argument 'beta_1'",
    () => new train.AdamOptimizer({ beta_1: 0.5 } as never),
  ],
];

test.each(ERRORS)('%s: %s', (...row) => expectSays(row));

describe('eager mode', () => {
  const OPTIMIZERS: Readonly<Record<string, () => tf.train.Optimizer>> = {
    GradientDescent: () => descent(0.1),
    Momentum: () => new train.MomentumOptimizer(0.1, 0.9, { use_nesterov: true }),
    Adam: () => new train.AdamOptimizer(0.1),
    Adagrad: () => new train.AdagradOptimizer(0.1),
    Adadelta: () => new train.AdadeltaOptimizer(1),
    RMSProp: () => new train.RMSPropOptimizer(0.1, { centered: true, momentum: 0.5 }),
    Ftrl: () => new train.FtrlOptimizer(0.1, { l2_shrinkage_regularization_strength: 0.1 }),
    ProximalGradientDescent: () => new train.ProximalGradientDescentOptimizer(0.1, 0.01, 0.02),
    ProximalAdagrad: () => new train.ProximalAdagradOptimizer(0.1),
  };
  const first = [
    [1, -2],
    [0.5, 3],
    [2, 1],
  ];

  /** A loss of rows and of the whole, for dense and for sparse gradients. */
  const lossOf = (table: tf.Variable, w: tf.Variable) =>
    tf.add(tf.reduce_sum(tf.square(tf.gather(table, tf.int32([0, 2, 0])))), tf.reduce_sum(w));

  test.each(Object.entries(OPTIMIZERS))('%s takes the steps that a graph takes', (_, make) => {
    const table = new tf.Variable(first, { name: 'table' });
    const w = new tf.Variable(first, { name: 'w' });
    const loss = tf.add(lossOf(table, w), tf.reduce_sum(tf.square(w)));
    const expected = trained(make().minimize(loss), 3, [table, w]);
    const actual = tf.with(eager_mode(), () => {
      const [table, w] = [new ResourceVariable(first), new ResourceVariable(first)];
      const optimizer = make();
      for (let i = 0; i < 3; i++) {
        optimizer.minimize(() => tf.add(lossOf(table, w), tf.reduce_sum(tf.square(w))));
      }
      return [table, w].map((x) => numbersOf(x.numpy()));
    });
    // Fused loops round each operation to float32, kernels on the host only what they store.
    const wanted = expected.flat(2) as number[];
    actual.flat(2).forEach((n, k) => {
      expect(n).toBeCloseTo(wanted[k]!, 6);
    });
  });

  test('counts steps, and takes gradients as the tape gives them', () => {
    tf.with(eager_mode(), () => {
      const a = new ResourceVariable(3, { name: 'a' });
      const global_step = train.get_or_create_global_step();
      const pairs = descent(1).compute_gradients(() => tf.square(a));
      expect(pairs.map(([g, x]) => [(g as tf.Tensor).numpy(), x])).toEqual([[6, a]]);
      descent(0.5).apply_gradients(pairs, { global_step });
      expect([a.numpy(), global_step.numpy()]).toEqual([0, 1]);
      expect(train.get_global_step()).toBe(global_step);
      expect(train.global_step(null as never, global_step)).toBe(1);
    });
  });

  test('wants a function', () => {
    tf.with(eager_mode(), () => {
      const a = new ResourceVariable(3);
      expectSays([
        'RuntimeError',
        '`loss` passed to Optimizer.compute_gradients should be a function when eager execution is enabled.',
        () => descent().minimize(tf.square(a)),
      ]);
    });
  });
});
