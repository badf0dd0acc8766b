/** `tf.contrib.rnn`: cells around a cell that have variables of their own: embeddings, projections, attention, highways. */

import { with_ } from '../core/context.ts';
import { ValueError } from '../core/errors.ts';
import { onDevice } from '../core/mode.ts';
import { assertSameStructure, flatten, isNested, packAs } from '../core/nest.ts';
import { type ArgsOf, signature } from '../core/signature.ts';
import type { Tensor, TensorLike } from '../core/tensor.ts';
import type { Activation, Inputs } from '../layers/base.ts';
import { concat, expand_dims, reshape, slice } from '../ops/array.ts';
import { minus, plus, times } from '../ops/infix.ts';
import { constant_initializer } from '../ops/initializers.ts';
import { sigmoid, tanh } from '../ops/math.ts';
import { xw_plus_b } from '../ops/nn/bias.ts';
import { conv2d } from '../ops/nn/conv.ts';
import { embedding_lookup } from '../ops/nn/embedding.ts';
import { softmax } from '../ops/nn/softmax.ts';
import { random_uniform_initializer } from '../ops/random_initializers.ts';
import { reduce_sum } from '../ops/reduce.ts';
import { get_variable } from '../variables/get_variable.ts';
import type { InitializerLike, Reuse } from '../variables/requests.ts';
import { get_variable_scope, variable_scope } from '../variables/scope_stack.ts';
import type { Variable } from '../variables/variable.ts';
import { assertCell, membersOf, RNNCell, type Scope, type Step } from './cell.ts';
import { Linear } from './linear.ts';
import { asState, type Size, type State, type StateLike } from './state.ts';
import { WrapperCell, zeroStateOf } from './wrappers.ts';

const NOT_A_CELL = 'The parameter cell is not RNNCell.';

/** A cell with variables of its own around another cell. */
abstract class OuterCell extends RNNCell {
  protected readonly cell: RNNCell;

  constructor(cell: RNNCell, reuse: Reuse) {
    assertCell(cell, NOT_A_CELL);
    super({ _reuse: reuse });
    this.cell = cell;
  }

  override get state_size(): Size {
    return this.cell.state_size;
  }
  override get output_size(): Size {
    return this.cell.output_size;
  }

  override zero_state(...args: Parameters<RNNCell['zero_state']>): State {
    return zeroStateOf(this, this.cell, args);
  }
}

const embeddingArguments = signature(
  ['cell', 'embedding_classes', 'embedding_size', 'initializer', 'reuse'],
  (
    cell: RNNCell,
    embedding_classes: number,
    embedding_size: number,
    initializer: InitializerLike | null = null,
    reuse: Reuse = null,
  ) => ({ cell, embedding_classes, embedding_size, initializer, reuse }),
  { objects: ['initializer'] },
);

/** Gives a cell embeddings of its inputs, which are integers. ValueError unless both sizes are positive. */
export class EmbeddingWrapper extends OuterCell {
  private readonly given: ReturnType<typeof embeddingArguments>;

  constructor(...args: ArgsOf<typeof embeddingArguments>) {
    const given = embeddingArguments(...args);
    const { embedding_classes, embedding_size } = given;
    super(given.cell, given.reuse);
    if (embedding_classes <= 0 || embedding_size <= 0) {
      throw new ValueError(
        `Both embedding_classes and embedding_size must be > 0: ${embedding_classes}, ${embedding_size}.`,
      );
    }
    this.given = given;
  }

  override call(inputs: Inputs, state: StateLike): Step {
    const { embedding_classes, embedding_size, initializer } = this.given;
    return onDevice('/cpu:0', () => {
      const root = Math.sqrt(3);
      const [first] = flatten(state) as Tensor[];
      const embedding = get_variable('embedding', [embedding_classes, embedding_size], {
        // embeddings with a variance of 1
        initializer:
          initializer ??
          get_variable_scope().initializer ??
          random_uniform_initializer(-root, root),
        dtype: first!.dtype,
      });
      const ids = reshape(inputs as TensorLike, [-1]);
      return this.cell(embedding_lookup(embedding, ids), state);
    });
  }
}

const inputArguments = signature(
  ['cell', 'num_proj', 'activation', 'input_size', 'reuse'],
  (
    cell: RNNCell,
    num_proj: number,
    activation: Activation | null = null,
    input_size: number | null = null,
    reuse: Reuse = null,
  ) => ({ cell, num_proj, activation, input_size, reuse }),
);

/** Gives a cell linear projections of its inputs. */
export class InputProjectionWrapper extends OuterCell {
  private readonly given: ReturnType<typeof inputArguments>;
  private linear: Linear | null = null;

  constructor(...args: ArgsOf<typeof inputArguments>) {
    const given = inputArguments(...args);
    super(given.cell, given.reuse);
    if (given.input_size !== null) warnAboutInputSize(this);
    this.given = given;
  }

  override call(inputs: Inputs, state: StateLike): Step {
    const { activation, num_proj } = this.given;
    this.linear ??= new Linear([inputs as Tensor], num_proj);
    const projected = this.linear.of([inputs as Tensor]);
    return this.cell(activation === null ? projected : activation(projected), state);
  }
}

const outputArguments = signature(
  ['cell', 'output_size', 'activation', 'reuse'],
  (
    cell: RNNCell,
    output_size: number,
    activation: Activation | null = null,
    reuse: Reuse = null,
  ) => ({ cell, output_size, activation, reuse }),
);

/** Projects the outputs of a cell linearly. ValueError unless `output_size` is positive. */
export class OutputProjectionWrapper extends OuterCell {
  private readonly given: ReturnType<typeof outputArguments>;
  private linear: Linear | null = null;

  constructor(...args: ArgsOf<typeof outputArguments>) {
    const given = outputArguments(...args);
    super(given.cell, given.reuse);
    if (given.output_size < 1) {
      throw new ValueError(`Parameter output_size must be > 0: ${given.output_size}.`);
    }
    this.given = given;
  }

  override get output_size(): Size {
    return this.given.output_size;
  }

  override call(inputs: Inputs, state: StateLike): Step {
    const { activation, output_size } = this.given;
    const [output, next] = this.cell(inputs as TensorLike, state);
    this.linear ??= new Linear([output], output_size);
    const projected = this.linear.of([output]);
    return [activation === null ? projected : activation(projected), next];
  }
}

const attentionArguments = signature(
  ['cell', 'attn_length', 'attn_size', 'attn_vec_size', 'input_size', 'state_is_tuple', 'reuse'],
  (
    cell: RNNCell,
    attn_length: number,
    attn_size: number | null = null,
    attn_vec_size: number | null = null,
    input_size: number | null = null,
    state_is_tuple: boolean = true,
    reuse: Reuse = null,
  ) => ({ cell, attn_length, attn_size, attn_vec_size, input_size, state_is_tuple, reuse }),
);

/**
 * Lets a cell look at its last `attn_length` outputs (Bahdanau et al., 2014). Its state is the cell's,
 * what it attends to, and those outputs. ValueError for no length, or where the cell's state is a
 * tuple and this one is to be one tensor.
 */
export class AttentionCellWrapper extends OuterCell {
  private readonly given: ReturnType<typeof attentionArguments>;
  private readonly size: number;
  private readonly vectorSize: number;
  private readonly linears: (Linear | null)[] = [null, null, null];

  constructor(...args: ArgsOf<typeof attentionArguments>) {
    const given = attentionArguments(...args);
    super(given.cell, given.reuse);
    const { state_size } = given.cell;
    if (isNested(state_size) && !given.state_is_tuple) {
      throw new ValueError(
        `Cell returns tuple of states, but the flag state_is_tuple is not set. State size is: ${state_size}`,
      );
    }
    if (given.attn_length <= 0) {
      throw new ValueError(`attn_length should be greater than zero, got ${given.attn_length}`);
    }
    this.given = given;
    this.size = given.attn_size ?? (given.cell.output_size as number);
    this.vectorSize = given.attn_vec_size ?? this.size;
  }

  override get state_size(): Size {
    const sizes = [this.cell.state_size, this.size, this.size * this.given.attn_length];
    if (this.given.state_is_tuple) return sizes;
    return (sizes as number[]).reduce((sum, size) => sum + size, 0);
  }
  override get output_size(): Size {
    return this.size;
  }

  override zero_state(...args: Parameters<RNNCell['zero_state']>): State {
    return RNNCell.prototype.zero_state.apply(this, args);
  }

  override call(inputs: Inputs, state: StateLike): Step {
    const { attn_length, state_is_tuple } = this.given;
    const [inner, attended, kept] = this.parts(state);
    const outputsKept = reshape(kept, [-1, attn_length, this.size]);
    const input = inputs as Tensor;
    const width = this.given.input_size ?? input.shape.at(1).value!;
    const [output, next] = this.cell(this.linear(0, [input, attended], width), inner);
    const query = state_is_tuple ? concat(flatten(next) as Tensor[], 1) : next;
    const [seen, others] = this.attention(query, outputsKept);
    const result = with_(variable_scope('attn_output_projection'), () =>
      this.linear(1, [output, seen], this.size),
    );
    const all = concat([others, expand_dims(result, 1)], 1);
    const parts = [next, seen, reshape(all, [-1, attn_length * this.size])];
    return [result, state_is_tuple ? parts : concat(parts, 1)];
  }

  private parts(state: StateLike): readonly [StateLike, Tensor, Tensor] {
    if (this.given.state_is_tuple) {
      return membersOf(state, 3) as readonly State[] as readonly [State, Tensor, Tensor];
    }
    const whole = state as TensorLike;
    const inner = this.cell.state_size as number;
    const kept = this.size * this.given.attn_length;
    return [
      slice(whole, [0, 0], [-1, inner]),
      slice(whole, [0, inner], [-1, this.size]),
      slice(whole, [0, inner + this.size], [-1, kept]),
    ];
  }

  private linear(index: number, args: readonly Tensor[], outputs: number): Tensor {
    this.linears[index] ??= new Linear(args, outputs);
    return this.linears[index].of(args);
  }

  /** What the query makes of the kept outputs, and the kept outputs without the oldest. */
  private attention(query: Tensor, kept: Tensor): readonly [Tensor, Tensor] {
    const { attn_length } = this.given;
    const { size, vectorSize } = this;
    return with_(variable_scope('attention'), () => {
      const kernel = get_variable('attn_w', [1, 1, size, vectorSize]);
      const weights = get_variable('attn_v', [vectorSize]);
      const hidden = reshape(kept, [-1, attn_length, 1, size]);
      const features = conv2d(hidden, kernel, [1, 1, 1, 1], 'SAME');
      const y = reshape(this.linear(2, [query], vectorSize), [-1, 1, 1, vectorSize]);
      const scores = softmax(reduce_sum(times(weights, tanh(plus(features, y))), [2, 3]));
      const weighted = times(reshape(scores, [-1, attn_length, 1, 1]), hidden);
      const seen = reshape(reduce_sum(weighted, [1, 2]), [-1, size]);
      return [seen, slice(kept, [0, 1, 0], [-1, -1, -1])];
    });
  }
}

const highwayArguments = signature(
  ['cell', 'couple_carry_transform_gates', 'carry_bias_init'],
  (cell: RNNCell, couple_carry_transform_gates: boolean = true, carry_bias_init: number = 1) => ({
    cell,
    couple_carry_transform_gates,
    carry_bias_init,
  }),
);

/** Carries part of the inputs of a cell past it: `inputs * carry + outputs * transform` (Srivastava et al., 2015). */
export class HighwayWrapper extends WrapperCell {
  private readonly given: ReturnType<typeof highwayArguments>;

  constructor(...args: ArgsOf<typeof highwayArguments>) {
    const given = highwayArguments(...args);
    super(given.cell);
    this.given = given;
  }

  override apply(
    inputs: Inputs,
    state: StateLike = [],
    scope: Scope = null,
  ): [output: Tensor, state: State] {
    const [outputs, next] = super.apply(inputs, state, scope);
    assertSameStructure(inputs, outputs);
    const made = flatten(outputs) as Tensor[];
    const parts = (flatten(inputs) as Tensor[]).map((input, i) => {
      input.shape.assert_is_compatible_with(made[i]!.shape);
      return this.highway(input, made[i]!);
    });
    return [asState(packAs(outputs, parts)), next];
  }

  private highway(input: Tensor, output: Tensor): Tensor {
    const { couple_carry_transform_gates, carry_bias_init } = this.given;
    const size = input.shape.with_rank(2).at(1).value!;
    const gate = (name: string, bias: number): Tensor => {
      const weights: Variable = get_variable(`${name}_w`, [size, size]);
      const initializer = constant_initializer(bias);
      return sigmoid(xw_plus_b(input, weights, get_variable(`${name}_b`, [size], { initializer })));
    };
    const carry = gate('carry', carry_bias_init);
    const transform = couple_carry_transform_gates
      ? minus(1, carry)
      : gate('transform', -carry_bias_init);
    return plus(times(input, carry), times(output, transform));
  }
}

/** Says that a parameter does nothing. */
export function warnAboutInputSize(cell: { readonly name: string }): void {
  console.warn(`${cell.name}: The input_size parameter is deprecated.`);
}
