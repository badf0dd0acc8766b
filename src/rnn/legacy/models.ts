/** `tf.contrib.legacy_seq2seq`: encoders and decoders together, unrolled in the graph. */

import { cond } from '../../control/cond.ts';
import { with_ } from '../../core/context.ts';
import { as_dtype, type DType, float32 } from '../../core/dtype.ts';
import { ValueError } from '../../core/errors.ts';
import { flatten, packAs } from '../../core/nest.ts';
import { fn } from '../../core/signature.ts';
import type { Tensor, TensorLike } from '../../core/tensor.ts';
import { concat, reshape, shape } from '../../ops/array.ts';
import { embedding_lookup } from '../../ops/nn/embedding.ts';
import { get_variable } from '../../variables/get_variable.ts';
import { get_variable_scope, variable_scope } from '../../variables/scope_stack.ts';
import type { VariableScope } from '../../variables/variable_scope.ts';
import { RNNCell } from '../cell.ts';
import { EmbeddingWrapper, OutputProjectionWrapper } from '../contrib_wrappers.ts';
import { asState, type State } from '../state.ts';
import { static_rnn } from '../static.ts';
import {
  checkProjection,
  type Decoded,
  embedding_attention_decoder,
  embedding_rnn_decoder,
  embedLikeliest,
  type LoopFunction,
  type Projection,
  rnn_decoder,
} from './decoders.ts';

type ScopeName = string | VariableScope | null;
type Feeding = boolean | Tensor;

/**
 * What `decode` builds for a plain `feeds`. For a tensor it builds both ways, with shared variables,
 * and a condition takes one; the state of both is nested like `like()`.
 */
function decodeEither(
  feeds: Feeding,
  count: number,
  like: () => unknown,
  decode: (feeds: boolean, isKnown: boolean) => Decoded,
): Decoded {
  if (typeof feeds === 'boolean') return decode(feeds, true);
  const branch = (flag: boolean) => () =>
    with_(variable_scope(get_variable_scope(), { reuse: flag ? null : true }), () => {
      const [outputs, state] = decode(flag, false);
      return [...outputs, ...(flatten(state) as Tensor[])];
    });
  const all = cond(feeds, branch(true), branch(false)) as Tensor[];
  return [all.slice(0, count), asState(packAs(like(), all.slice(count)))];
}

/** An encoder and a decoder with cells like `cell`, each with variables of its own. */
export const basic_rnn_seq2seq = fn(
  ['encoder_inputs', 'decoder_inputs', 'cell', 'dtype', 'scope'],
  (
    encoder_inputs: readonly Tensor[],
    decoder_inputs: readonly Tensor[],
    cell: RNNCell,
    dtype: DType = float32,
    scope: ScopeName = null,
  ): Decoded =>
    with_(variable_scope(scope ?? 'basic_rnn_seq2seq'), () => {
      const [, state] = static_rnn(cell._copy(), encoder_inputs, { dtype });
      return rnn_decoder(decoder_inputs, state, cell);
    }),
);

/** The same with one cell, and its variables, for both. */
export const tied_rnn_seq2seq = fn(
  ['encoder_inputs', 'decoder_inputs', 'cell', 'loop_function', 'dtype', 'scope'],
  (
    encoder_inputs: readonly Tensor[],
    decoder_inputs: readonly Tensor[],
    cell: RNNCell,
    loop_function: LoopFunction | null = null,
    dtype: DType = float32,
    scope: ScopeName = null,
  ): Decoded =>
    with_(variable_scope('combined_tied_rnn_seq2seq'), () => {
      const name = scope ?? 'tied_rnn_seq2seq';
      const [, state] = static_rnn(cell, encoder_inputs, { dtype, scope: name });
      get_variable_scope().reuse_variables();
      return rnn_decoder(decoder_inputs, state, cell, { loop_function, scope: name });
    }),
);

/**
 * An encoder and a decoder on embeddings of integer inputs. The outputs are over `num_decoder_symbols`,
 * unless an `output_projection` says how symbols are made of them. With `feed_previous`, which may be
 * a tensor, the decoder reads its own outputs.
 */
export const embedding_rnn_seq2seq = fn(
  [
    'encoder_inputs',
    'decoder_inputs',
    'cell',
    'num_encoder_symbols',
    'num_decoder_symbols',
    'embedding_size',
    'output_projection',
    'feed_previous',
    'dtype',
    'scope',
  ],
  (
    encoder_inputs: readonly Tensor[],
    decoder_inputs: readonly Tensor[],
    cell: RNNCell,
    num_encoder_symbols: number,
    num_decoder_symbols: number,
    embedding_size: number,
    output_projection: Projection | null = null,
    feed_previous: Feeding = false,
    dtype: DType | null = null,
    scope: ScopeName = null,
  ): Decoded =>
    with_(variable_scope(scope ?? 'embedding_rnn_seq2seq'), (current) => {
      if (dtype !== null) current.set_dtype(dtype);
      const [, state] = encode(
        cell._copy(),
        encoder_inputs,
        num_encoder_symbols,
        embedding_size,
        current.dtype,
      );
      const decoder =
        output_projection === null ? new OutputProjectionWrapper(cell, num_decoder_symbols) : cell;
      const count = decoder_inputs.length;
      return decodeEither(
        feed_previous,
        count,
        () => state,
        (feeds, isKnown) =>
          embedding_rnn_decoder(
            decoder_inputs,
            state,
            decoder,
            num_decoder_symbols,
            embedding_size,
            {
              output_projection,
              feed_previous: feeds,
              update_embedding_for_previous: isKnown,
            },
          ),
      );
    }),
);

/** The outputs and the last state of `cell` on embeddings of `inputs`. */
function encode(
  cell: RNNCell,
  inputs: readonly TensorLike[],
  symbols: number,
  size: number,
  dtype: DType,
): [outputs: Tensor[], state: State] {
  const wrapped = new EmbeddingWrapper(cell, symbols, size);
  return static_rnn(wrapped, inputs, { dtype: as_dtype(dtype) });
}

/** As `embedding_rnn_seq2seq`, with one cell and one embedding for both. */
export const embedding_tied_rnn_seq2seq = fn(
  [
    'encoder_inputs',
    'decoder_inputs',
    'cell',
    'num_symbols',
    'embedding_size',
    'num_decoder_symbols',
    'output_projection',
    'feed_previous',
    'dtype',
    'scope',
  ],
  (
    encoder_inputs: readonly Tensor[],
    decoder_inputs: readonly Tensor[],
    cell: RNNCell,
    num_symbols: number,
    embedding_size: number,
    num_decoder_symbols: number | null = null,
    output_projection: Projection | null = null,
    feed_previous: Feeding = false,
    dtype: DType | null = null,
    scope: ScopeName = null,
  ): Decoded =>
    with_(variable_scope(scope ?? 'embedding_tied_rnn_seq2seq', { dtype }), (current) => {
      const type = current.dtype;
      checkProjection(output_projection, num_symbols, type);
      const embedding = get_variable('embedding', [num_symbols, embedding_size], { dtype: type });
      const encoder = encoder_inputs.map((ids) => embedding_lookup(embedding, ids));
      const decoder = decoder_inputs.map((ids) => embedding_lookup(embedding, ids));
      const symbols = num_decoder_symbols ?? num_symbols;
      const tied = output_projection === null ? new OutputProjectionWrapper(cell, symbols) : cell;
      const zeroState = () =>
        tied.zero_state(
          encoder_inputs[0]!.shape.at(0).value ?? shape(encoder_inputs[0]!).at(0),
          type,
        );
      return decodeEither(feed_previous, decoder.length, zeroState, (feeds, isKnown) =>
        tied_rnn_seq2seq(encoder, decoder, tied, {
          loop_function: feeds ? embedLikeliest(embedding, output_projection, isKnown) : null,
          dtype: type,
        }),
      );
    }),
);

/** As `embedding_rnn_seq2seq`, with a decoder that attends to the outputs of the encoder, with `num_heads` readers. */
export const embedding_attention_seq2seq = fn(
  [
    'encoder_inputs',
    'decoder_inputs',
    'cell',
    'num_encoder_symbols',
    'num_decoder_symbols',
    'embedding_size',
    'num_heads',
    'output_projection',
    'feed_previous',
    'dtype',
    'scope',
    'initial_state_attention',
  ],
  (
    encoder_inputs: readonly Tensor[],
    decoder_inputs: readonly Tensor[],
    cell: RNNCell,
    num_encoder_symbols: number,
    num_decoder_symbols: number,
    embedding_size: number,
    num_heads: number = 1,
    output_projection: Projection | null = null,
    feed_previous: Feeding = false,
    dtype: DType | null = null,
    scope: ScopeName = null,
    initial_state_attention: boolean = false,
  ): Decoded =>
    with_(variable_scope(scope ?? 'embedding_attention_seq2seq', { dtype }), (current) => {
      const [outputs, state] = encode(
        cell._copy(),
        encoder_inputs,
        num_encoder_symbols,
        embedding_size,
        current.dtype,
      );
      const size = cell.output_size as number;
      const tops = outputs.map((output) => reshape(output, [-1, 1, size]));
      const attention = concat(tops, 1);
      const decoder =
        output_projection === null ? new OutputProjectionWrapper(cell, num_decoder_symbols) : cell;
      const given = [decoder_inputs, state, attention, decoder] as const;
      const count = decoder_inputs.length;
      return decodeEither(
        feed_previous,
        count,
        () => state,
        (feeds, isKnown) =>
          embedding_attention_decoder(...given, num_decoder_symbols, embedding_size, {
            num_heads,
            output_size: output_projection === null ? num_decoder_symbols : null,
            output_projection,
            feed_previous: feeds,
            update_embedding_for_previous: isKnown,
            initial_state_attention,
          }),
      );
    }),
);

type Named<T> = Readonly<Record<string, T>>;

/** One encoder, and a decoder per name with its own cell, inputs and symbols. ValueError where the names differ. */
export const one2many_rnn_seq2seq = fn(
  [
    'encoder_inputs',
    'decoder_inputs_dict',
    'enc_cell',
    'dec_cells_dict',
    'num_encoder_symbols',
    'num_decoder_symbols_dict',
    'embedding_size',
    'feed_previous',
    'dtype',
    'scope',
  ],
  (
    encoder_inputs: readonly Tensor[],
    decoder_inputs_dict: Named<readonly Tensor[]>,
    enc_cell: RNNCell,
    dec_cells_dict: Named<RNNCell>,
    num_encoder_symbols: number,
    num_decoder_symbols_dict: Named<number>,
    embedding_size: number,
    feed_previous: Feeding = false,
    dtype: DType | null = null,
    scope: ScopeName = null,
  ): [outputs_dict: Record<string, Tensor[]>, state_dict: Record<string, State>] => {
    checkTasks(enc_cell, decoder_inputs_dict, dec_cells_dict);
    return with_(variable_scope(scope ?? 'one2many_rnn_seq2seq', { dtype }), (current) => {
      const [, state] = encode(
        enc_cell,
        encoder_inputs,
        num_encoder_symbols,
        embedding_size,
        current.dtype,
      );
      const tasks = Object.entries(decoder_inputs_dict).map(([name, inputs]) => {
        const symbols = num_decoder_symbols_dict[name]!;
        const decoded = with_(variable_scope(`one2many_decoder_${name}`), () => {
          const cell = new OutputProjectionWrapper(dec_cells_dict[name]!, symbols);
          return decodeEither(
            feed_previous,
            inputs.length,
            () => state,
            (feed_previous) =>
              embedding_rnn_decoder(inputs, state, cell, symbols, embedding_size, {
                feed_previous,
              }),
          );
        });
        return [name, decoded] as const;
      });
      return [
        Object.fromEntries(tasks.map(([name, [outputs]]) => [name, outputs])),
        Object.fromEntries(tasks.map(([name, [, last]]) => [name, last])),
      ] as [Record<string, Tensor[]>, Record<string, State>];
    });
  },
  { objects: ['decoder_inputs_dict', 'dec_cells_dict', 'num_decoder_symbols_dict'] },
);

function checkTasks(encoder: unknown, inputs: object, cells: Named<unknown>): void {
  if (!(encoder instanceof RNNCell)) throw new TypeError(`enc_cell is not an RNNCell: ${encoder}`);
  if (Object.keys(inputs).sort().join() !== Object.keys(cells).sort().join()) {
    throw new ValueError('keys of dec_cells_dict != keys of decodre_inputs_dict');
  }
  for (const cell of Object.values(cells)) {
    if (!(cell instanceof RNNCell)) throw new TypeError(`dec_cell is not an RNNCell: ${cell}`);
  }
}
