/** Attention: how much each place of a memory matters to a query, as additive and multiplicative scores say. */

import { with_ } from '../../core/context.ts';
import { toTensor } from '../../core/convert.ts';
import { type DType, float32, int32 } from '../../core/dtype.ts';
import { NotImplementedError, ValueError } from '../../core/errors.ts';
import { controlDependencies, nameScope } from '../../core/mode.ts';
import { type ArgsOf, fn, signature } from '../../core/signature.ts';
import type { Name, Tensor, TensorLike } from '../../core/tensor.ts';
import { Dense } from '../../layers/core.ts';
import { concat, expand_dims, ones, ones_like, reshape, shape, squeeze } from '../../ops/array.ts';
import { assert_positive } from '../../ops/assertions.ts';
import { one_hot } from '../../ops/gather.ts';
import { plus, times } from '../../ops/infix.ts';
import {
  constant_initializer,
  ones_initializer,
  zeros_initializer,
} from '../../ops/initializers.ts';
import { matmul } from '../../ops/linear.ts';
import { sequence_mask } from '../../ops/masks.ts';
import { rsqrt, square, tanh } from '../../ops/math.ts';
import { softmax } from '../../ops/nn/softmax.ts';
import { argmax, reduce_sum } from '../../ops/reduce.ts';
import { where } from '../../ops/search.ts';
import { get_variable } from '../../variables/get_variable.ts';
import { variable_scope } from '../../variables/scope_stack.ts';
import { type Size, zeroState } from '../state.ts';
import { sizeAlong } from './structure.ts';

/** Turns scores `[batch, places]` into weights that sum to 1. */
export type ProbabilityFunction = (score: Tensor) => Tensor;

/** Weighs a memory for queries. */
export class AttentionMechanism {
  /** The memory that contexts are made of: `[batch, places, depth]`. */
  readonly values!: Tensor;
  /** The memory that queries are compared with: `[batch, places, units]`. */
  readonly keys!: Tensor;
  /** The type of the layers. */
  readonly dtype!: DType;

  get batch_size(): number | Tensor {
    return sizeAlong(this.keys, 0);
  }
  /** How many places the memory has. */
  get alignments_size(): number | Tensor {
    return sizeAlong(this.keys, 1);
  }
  get state_size(): number | Tensor {
    return this.alignments_size;
  }
  /** The weights before the first step: zeros `[batch_size, places]`. */
  initial_alignments(batch_size: TensorLike, dtype: DType): Tensor {
    return zeroState(this.alignments_size as Size, batch_size, dtype);
  }
  /** The state before the first step. */
  initial_state(batch_size: TensorLike, dtype: DType): Tensor {
    return this.initial_alignments(batch_size, dtype);
  }
  /** The weights for `query`, and the next state. */
  attend(_query: Tensor, _state: Tensor): [alignments: Tensor, state: Tensor] {
    throw new NotImplementedError('Abstract method');
  }
}

interface Given {
  readonly memory: TensorLike;
  readonly memory_sequence_length: TensorLike | null;
  readonly probability_fn: ProbabilityFunction | null;
  readonly score_mask_value: number | null;
  readonly dtype: DType | null;
  readonly name: string;
}

/** What both kinds of attention have: a memory cut to its lengths, a layer over it, weights of scores. */
class MemoryAttention extends AttentionMechanism {
  override readonly values: Tensor;
  override readonly keys: Tensor;
  override readonly dtype: DType;
  /** The layer that makes keys of the memory. */
  readonly memory_layer: Dense;
  private readonly lengths: Tensor | null;
  private readonly given: Given;

  constructor(num_units: number, given: Given) {
    super();
    const { memory, memory_sequence_length, probability_fn, name } = given;
    if (probability_fn !== null && typeof probability_fn !== 'function') {
      throw new TypeError(`probability_fn must be callable, saw type: ${typeof probability_fn}`);
    }
    const dtype = given.dtype ?? float32;
    const layer = new Dense(num_units, { name: 'memory_layer', use_bias: false, dtype });
    const made = nameScope(name, '', () => {
      const lengths =
        memory_sequence_length === null
          ? null
          : toTensor(memory_sequence_length, null, 'memory_sequence_length', int32);
      const values = masked(toTensor(memory, null, 'memory'), lengths);
      return { lengths, values, keys: layer(values) };
    });
    this.given = given;
    this.dtype = dtype;
    this.memory_layer = layer;
    this.lengths = made.lengths;
    this.values = made.values;
    this.keys = made.keys;
  }

  /** The weights of scores; places beyond the lengths get none. */
  protected weights(score: Tensor): Tensor {
    const { probability_fn, score_mask_value } = this.given;
    const { lengths } = this;
    const weigh = probability_fn ?? softmax;
    if (lengths === null) return weigh(score);
    const message = 'All values in memory_sequence_length must greater than zero.';
    const mask = controlDependencies([assert_positive(lengths, { message })], () =>
      sequence_mask(lengths, shape(score).at(1)),
    );
    return weigh(where(mask, score, times(score_mask_value ?? -Infinity, ones_like(score))));
  }
}

/** `memory` with zeros beyond the lengths. ValueError where its depth is unknown. */
function masked(memory: Tensor, lengths: Tensor | null): Tensor {
  if (!memory.shape.at('2:').is_fully_defined()) {
    throw new ValueError(
      `Expected memory ${memory.name} to have fully defined inner dims, but saw shape: ${memory.shape}`,
    );
  }
  if (lengths === null) return memory;
  const mask = sequence_mask(lengths, shape(memory).at(1), memory.dtype);
  const extra = ones([memory.shape.ndims! - 2], int32);
  return times(memory, reshape(mask, concat([shape(mask), extra], 0)));
}

const bahdanauArguments = signature(
  [
    'num_units',
    'memory',
    'memory_sequence_length',
    'normalize',
    'probability_fn',
    'score_mask_value',
    'dtype',
    'name',
  ],
  (
    num_units: number,
    memory: TensorLike,
    memory_sequence_length: TensorLike | null = null,
    normalize: boolean = false,
    probability_fn: ProbabilityFunction | null = null,
    score_mask_value: number | null = null,
    dtype: DType | null = null,
    name: string = 'BahdanauAttention',
  ) => ({
    num_units,
    normalize,
    given: { memory, memory_sequence_length, probability_fn, score_mask_value, dtype, name },
  }),
);

/** Additive attention (Bahdanau et al., 2015): `v . tanh(keys + layer(query))`; normalized, `v` has length `g`. */
export class BahdanauAttention extends MemoryAttention {
  /** The layer that the query goes through. */
  readonly query_layer: Dense;
  private readonly units: number;
  private readonly isNormalized: boolean;

  constructor(...args: ArgsOf<typeof bahdanauArguments>) {
    const { num_units, normalize, given } = bahdanauArguments(...args);
    super(num_units, given);
    this.units = num_units;
    this.isNormalized = normalize;
    this.query_layer = new Dense(num_units, {
      name: 'query_layer',
      use_bias: false,
      dtype: this.dtype,
    });
  }

  override attend(query: Tensor, _state: Tensor): [alignments: Tensor, state: Tensor] {
    const score = with_(variable_scope(null, 'bahdanau_attention', [query]), () =>
      this.score(query),
    );
    const alignments = this.weights(score);
    return [alignments, alignments];
  }

  private score(query: Tensor): Tensor {
    const { dtype } = query;
    const compared = plus(this.keys, expand_dims(this.query_layer(query), 1));
    const v = get_variable('attention_v', [this.units], dtype);
    if (!this.isNormalized) return reduce_sum(times(v, tanh(compared)), [2]);
    const g = get_variable('attention_g', {
      shape: [],
      dtype,
      initializer: constant_initializer(Math.sqrt(1 / this.units)),
    });
    const b = get_variable('attention_b', [this.units], dtype, zeros_initializer());
    const normed = times(times(g, v), rsqrt(reduce_sum(square(v))));
    return reduce_sum(times(normed, tanh(plus(compared, b))), [2]);
  }
}

const luongArguments = signature(
  [
    'num_units',
    'memory',
    'memory_sequence_length',
    'scale',
    'probability_fn',
    'score_mask_value',
    'dtype',
    'name',
  ],
  (
    num_units: number,
    memory: TensorLike,
    memory_sequence_length: TensorLike | null = null,
    scale: boolean = false,
    probability_fn: ProbabilityFunction | null = null,
    score_mask_value: number | null = null,
    dtype: DType | null = null,
    name: string = 'LuongAttention',
  ) => ({
    num_units,
    scale,
    given: { memory, memory_sequence_length, probability_fn, score_mask_value, dtype, name },
  }),
);

/** Multiplicative attention (Luong et al., 2015): `keys . query`, times a variable if `scale`. */
export class LuongAttention extends MemoryAttention {
  private readonly isScaled: boolean;

  constructor(...args: ArgsOf<typeof luongArguments>) {
    const { num_units, scale, given } = luongArguments(...args);
    super(num_units, given);
    this.isScaled = scale;
  }

  override attend(query: Tensor, _state: Tensor): [alignments: Tensor, state: Tensor] {
    const score = with_(variable_scope(null, 'luong_attention', [query]), () => {
      const g = this.isScaled
        ? get_variable('attention_g', {
            shape: [],
            dtype: query.dtype,
            initializer: ones_initializer(),
          })
        : null;
      const product = this.product(query);
      return g === null ? product : times(g, product);
    });
    const alignments = this.weights(score);
    return [alignments, alignments];
  }

  private product(query: Tensor): Tensor {
    const [depth, units] = [query.shape.at(-1).value, this.keys.shape.at(-1).value];
    if (depth !== units) {
      throw new ValueError(
        `Incompatible or unknown inner dimensions between query and keys.  Query (${query}) has units: ${depth}.  Keys (${this.keys}) have units: ${units}.  Perhaps you need to set num_units to the keys' dimension (${units})?`,
      );
    }
    const row = matmul(expand_dims(query, 1), this.keys, { transpose_b: true });
    return squeeze(row, [1]);
  }
}

/** One-hot vectors, 1 where each last row of `logits` has its maximum. */
export const hardmax = fn(
  ['logits', 'name'],
  (logits: TensorLike, name: Name = null): Tensor =>
    nameScope(name, 'Hardmax', () => {
      const rows = toTensor(logits, null, 'logits');
      const depth = rows.shape.at(-1).value ?? shape(rows).at(-1);
      return one_hot(argmax(rows, -1), toTensor(depth, int32), { dtype: rows.dtype });
    }),
);
