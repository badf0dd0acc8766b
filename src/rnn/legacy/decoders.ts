/** `tf.contrib.legacy_seq2seq`: decoders unrolled in the graph, with embeddings and with attention. */

import { with_ } from '../../core/context.ts';
import { toTensor } from '../../core/convert.ts';
import { as_dtype, type DType, int32 } from '../../core/dtype.ts';
import { ValueError } from '../../core/errors.ts';
import { flatten, isNested } from '../../core/nest.ts';
import { fn } from '../../core/signature.ts';
import type { Tensor, TensorLike } from '../../core/tensor.ts';
import { concat, reshape, shape, stack, stop_gradient, zeros } from '../../ops/array.ts';
import { plus, times } from '../../ops/infix.ts';
import { tanh } from '../../ops/math.ts';
import { xw_plus_b } from '../../ops/nn/bias.ts';
import { conv2d } from '../../ops/nn/conv.ts';
import { embedding_lookup } from '../../ops/nn/embedding.ts';
import { softmax } from '../../ops/nn/softmax.ts';
import { argmax, reduce_sum } from '../../ops/reduce.ts';
import { get_variable } from '../../variables/get_variable.ts';
import { get_variable_scope, variable_scope } from '../../variables/scope_stack.ts';
import type { Variable } from '../../variables/variable.ts';
import type { VariableScope } from '../../variables/variable_scope.ts';
import type { RNNCell } from '../cell.ts';
import { linear } from '../linear.ts';
import { asState, type State, type StateLike } from '../state.ts';

/** Makes the input of step `i` of the output before it. */
export type LoopFunction = (prev: Tensor, i: number) => Tensor;
/** The weights and biases that make symbols of outputs. */
export type Projection = readonly [weights: TensorLike, biases: TensorLike];
/** The outputs of every step, and the last state. */
export type Decoded = [outputs: Tensor[], state: State];

/** A loop function: the embedding of the likeliest symbol of the output. @internal */
export function embedLikeliest(
  embedding: Variable,
  projection: Projection | null,
  updates: boolean,
): LoopFunction {
  return (prev) => {
    const logits = projection === null ? prev : xw_plus_b(prev, projection[0], projection[1]);
    const embedded = embedding_lookup(embedding, argmax(logits, 1));
    return updates ? embedded : stop_gradient(embedded);
  };
}

/** The inputs of the steps, one after the other: those given, or what `loop_function` makes of outputs. */
function nextInput(
  loop: LoopFunction | null,
  prev: Tensor | null,
  given: Tensor,
  i: number,
): Tensor {
  if (loop === null || prev === null) return given;
  return with_(variable_scope('loop_function', { reuse: true }), () => loop(prev, i));
}

/**
 * Runs `cell` over the list `decoder_inputs` from `initial_state`. With a `loop_function` only the first
 * input counts, and the others are made of the outputs before them.
 */
export const rnn_decoder = fn(
  ['decoder_inputs', 'initial_state', 'cell', 'loop_function', 'scope'],
  (
    decoder_inputs: Iterable<Tensor>,
    initial_state: StateLike,
    cell: RNNCell,
    loop_function: LoopFunction | null = null,
    scope: string | VariableScope | null = null,
  ): Decoded =>
    with_(variable_scope(scope ?? 'rnn_decoder'), () => {
      let state = asState(initial_state);
      const outputs: Tensor[] = [];
      for (const given of decoder_inputs) {
        const i = outputs.length;
        const input = nextInput(loop_function, outputs.at(-1) ?? null, given, i);
        if (i > 0) get_variable_scope().reuse_variables();
        const [output, next] = cell(input, state);
        state = next;
        outputs.push(output);
      }
      return [outputs, state];
    }),
  { objects: ['initial_state'] },
);

/** A projection as tensors of a type. ValueError unless it is one to `symbols`. @internal */
export function checkProjection(
  projection: Projection | null,
  symbols: number,
  dtype: DType,
): void {
  if (projection === null) return;
  const [weights, biases] = projection;
  toTensor(weights, dtype).shape.assert_is_compatible_with([null, symbols]);
  toTensor(biases, dtype).shape.assert_is_compatible_with([symbols]);
}

/**
 * `rnn_decoder` on embeddings of integer inputs. With `feed_previous` only the first input counts; the
 * others are the likeliest symbols of the outputs before them.
 */
export const embedding_rnn_decoder = fn(
  [
    'decoder_inputs',
    'initial_state',
    'cell',
    'num_symbols',
    'embedding_size',
    'output_projection',
    'feed_previous',
    'update_embedding_for_previous',
    'scope',
  ],
  (
    decoder_inputs: readonly TensorLike[],
    initial_state: StateLike,
    cell: RNNCell,
    num_symbols: number,
    embedding_size: number,
    output_projection: Projection | null = null,
    feed_previous: boolean = false,
    update_embedding_for_previous: boolean = true,
    scope: string | VariableScope | null = null,
  ): Decoded =>
    with_(variable_scope(scope ?? 'embedding_rnn_decoder'), (current) => {
      checkProjection(output_projection, num_symbols, current.dtype);
      const embedding = get_variable('embedding', [num_symbols, embedding_size]);
      const loop_function = feed_previous
        ? embedLikeliest(embedding, output_projection, update_embedding_for_previous)
        : null;
      return rnn_decoder(embedded(embedding, decoder_inputs), initial_state, cell, {
        loop_function,
      });
    }),
  { objects: ['initial_state'] },
);

/** Embeddings made when they are asked for, in the scope of the decoder. */
function* embedded(embedding: Variable, inputs: readonly TensorLike[]): Generator<Tensor> {
  for (const ids of inputs) yield embedding_lookup(embedding, ids);
}

/** What attends to states: a head has weights of its own. */
interface Head {
  readonly features: Tensor;
  readonly weights: Variable;
}

/** Attention to `states`, `[batch, length, size]`: what a query reads of them, a vector per head. */
function attentionTo(states: Tensor, heads: number): (query: unknown) => Tensor[] {
  const size = states.shape.at(2).value!;
  const length = states.shape.at(1).value ?? shape(states).at(1);
  const hidden = reshape(states, [-1, length, 1, size]);
  const all: Head[] = Array.from({ length: heads }, (_, a) => {
    const kernel = get_variable(`AttnW_${a}`, [1, 1, size, size]);
    const features = conv2d(hidden, kernel, [1, 1, 1, 1], 'SAME');
    return { features, weights: get_variable(`AttnV_${a}`, [size]) };
  });
  return (query) => {
    const joined = isNested(query) ? concat(flatten(query) as Tensor[], 1) : (query as Tensor);
    return all.map(({ features, weights }, a) =>
      with_(variable_scope(`Attention_${a}`), () => {
        const y = reshape(linear([joined], size), [-1, 1, 1, size]);
        const scores = softmax(reduce_sum(times(weights, tanh(plus(features, y))), [2, 3]));
        const weighted = times(reshape(scores, [-1, length, 1, 1]), hidden);
        return reshape(reduce_sum(weighted, [1, 2]), [-1, size]);
      }),
    );
  };
}

function checkAttention(inputs: readonly Tensor[], states: Tensor, heads: number): void {
  if (inputs.length === 0) {
    throw new ValueError('Must provide at least 1 input to attention decoder.');
  }
  if (heads < 1) throw new ValueError('With less than 1 heads, use a non-attention decoder.');
  if (states.shape.at(2).value === null) {
    throw new ValueError(`Shape[2] of attention_states must be known: ${states.shape}`);
  }
}

/**
 * `rnn_decoder` that also reads `attention_states`, `[batch, length, size]`, at every step (Vinyals et
 * al., 2014), with `num_heads` readers. ValueError without inputs or heads, or for unknown sizes.
 */
export const attention_decoder = fn(
  [
    'decoder_inputs',
    'initial_state',
    'attention_states',
    'cell',
    'output_size',
    'num_heads',
    'loop_function',
    'dtype',
    'scope',
    'initial_state_attention',
  ],
  (
    decoder_inputs: readonly Tensor[],
    initial_state: StateLike,
    attention_states: Tensor,
    cell: RNNCell,
    output_size: number | null = null,
    num_heads: number = 1,
    loop_function: LoopFunction | null = null,
    dtype: DType | null = null,
    scope: string | VariableScope | null = null,
    initial_state_attention: boolean = false,
  ): Decoded => {
    checkAttention(decoder_inputs, attention_states, num_heads);
    const width = output_size ?? (cell.output_size as number);
    return with_(variable_scope(scope ?? 'attention_decoder', { dtype }), (current) => {
      const batch = shape(decoder_inputs[0]!).at(0);
      const attend = attentionTo(attention_states, num_heads);
      let state = asState(initial_state);
      let prev: Tensor | null = null;
      let seen = unseen(batch, attention_states, num_heads, current.dtype);
      if (initial_state_attention) seen = attend(state);
      const outputs = decoder_inputs.map((given, i) => {
        if (i > 0) get_variable_scope().reuse_variables();
        const input = nextInput(loop_function, prev, given, i);
        const [output, next] = cell(linear([input, ...seen], depthOf(input)), state);
        state = next;
        const shares = i === 0 && initial_state_attention;
        seen = shares
          ? with_(variable_scope(get_variable_scope(), { reuse: true }), () => attend(state))
          : attend(state);
        const result = with_(variable_scope('AttnOutputProjection'), () =>
          linear([output, ...seen], width),
        );
        prev = result;
        return result;
      });
      return [outputs, state] as Decoded;
    });
  },
  { objects: ['initial_state'] },
);

/** What the first step has read: nothing. */
function unseen(batch: Tensor, states: Tensor, heads: number, dtype: DType): Tensor[] {
  const size = states.shape.at(2).value!;
  const sizes = stack([batch, toTensor(size, int32)]);
  const vectors = Array.from({ length: heads }, () => zeros(sizes, as_dtype(dtype)));
  for (const vector of vectors) vector.set_shape([null, size]);
  return vectors;
}

function depthOf(input: Tensor): number {
  const depth = input.shape.with_rank(2).at(1).value;
  if (depth !== null) return depth;
  throw new ValueError(`Could not infer input size from input: ${input.name}`);
}

/** `attention_decoder` on embeddings of integer inputs, as `embedding_rnn_decoder`. */
export const embedding_attention_decoder = fn(
  [
    'decoder_inputs',
    'initial_state',
    'attention_states',
    'cell',
    'num_symbols',
    'embedding_size',
    'num_heads',
    'output_size',
    'output_projection',
    'feed_previous',
    'update_embedding_for_previous',
    'dtype',
    'scope',
    'initial_state_attention',
  ],
  (
    decoder_inputs: readonly TensorLike[],
    initial_state: StateLike,
    attention_states: Tensor,
    cell: RNNCell,
    num_symbols: number,
    embedding_size: number,
    num_heads: number = 1,
    output_size: number | null = null,
    output_projection: Projection | null = null,
    feed_previous: boolean = false,
    update_embedding_for_previous: boolean = true,
    dtype: DType | null = null,
    scope: string | VariableScope | null = null,
    initial_state_attention: boolean = false,
  ): Decoded => {
    const width = output_size ?? (cell.output_size as number);
    if (output_projection !== null) {
      toTensor(output_projection[1], dtype).shape.assert_is_compatible_with([num_symbols]);
    }
    return with_(variable_scope(scope ?? 'embedding_attention_decoder', { dtype }), () => {
      const embedding = get_variable('embedding', [num_symbols, embedding_size]);
      const loop_function = feed_previous
        ? embedLikeliest(embedding, output_projection, update_embedding_for_previous)
        : null;
      const inputs = decoder_inputs.map((ids) => embedding_lookup(embedding, ids));
      return attention_decoder(inputs, initial_state, attention_states, cell, {
        output_size: width,
        num_heads,
        loop_function,
        initial_state_attention,
      });
    });
  },
  { objects: ['initial_state'] },
);
