/**
 * Beam search: of all continuations of the best prefixes of each sequence, the best ones are kept. The
 * score of a prefix is its log probability, divided by `((5 + length) / 6) ** length_penalty_weight`
 * (Wu et al., 2016).
 */

import { cond } from '../../control/cond.ts';
import { toTensor } from '../../core/convert.ts';
import { bool, type DType, float32, int32, int64 } from '../../core/dtype.ts';
import { ValueError } from '../../core/errors.ts';
import { executing_eagerly, nameScope } from '../../core/mode.ts';
import { namedtuple } from '../../core/namedtuple.ts';
import { flatten, mapLeaves } from '../../core/nest.ts';
import { TensorShape } from '../../core/shape.ts';
import { type ArgsOf, fn, signature } from '../../core/signature.ts';
import { type Name, Tensor, type TensorLike } from '../../core/tensor.ts';
import type { Layer } from '../../layers/base.ts';
import { floordiv, mod } from '../../ops/arithmetic.ts';
import {
  concat,
  expand_dims,
  fill,
  gather,
  reshape,
  shape,
  size,
  slice,
  stack,
  tile,
  zeros,
} from '../../ops/array.ts';
import { cast } from '../../ops/cast.ts';
import { equal, logical_not, logical_or } from '../../ops/compare.ts';
import { constant } from '../../ops/constant.ts';
import { one_hot } from '../../ops/gather.ts';
import { gather_tree } from '../../ops/gather_tree.ts';
import { over, plus, power, times } from '../../ops/infix.ts';
import { log_softmax } from '../../ops/nn/softmax.ts';
import { reduce_all, reduce_max } from '../../ops/reduce.ts';
import { top_k, where } from '../../ops/search.ts';
import { range } from '../../ops/sequence.ts';
import { assertCell, type RNNCell } from '../cell.ts';
import type { State, StateLike } from '../state.ts';
import { assertLayer } from './basic_decoder.ts';
import { Decoder, type DecoderStart, type DecoderStep } from './decoder.ts';
import { tokens } from './sampling.ts';
import { type Embedding, embeddingFunction, sizeAlong } from './structure.ts';

/** The state of a search: that of the cell, and of each beam `[batch, beam]` its log probability, end and length. */
export const BeamSearchDecoderState = namedtuple('BeamSearchDecoderState', [
  'cell_state',
  'log_probs',
  'finished',
  'lengths',
]);
/** What a step of a search gives, each `[batch, beam]`. */
export const BeamSearchDecoderOutput = namedtuple('BeamSearchDecoderOutput', [
  'scores',
  'predicted_ids',
  'parent_ids',
]);
/** What a search gives: the sequences `[batch, time, beam]`, best first, and what its steps gave. */
export const FinalBeamSearchDecoderOutput = namedtuple('FinalBeamDecoderOutput', [
  'predicted_ids',
  'beam_search_decoder_output',
]);

type Found = Iterable<Tensor> & Readonly<Record<'scores' | 'predicted_ids' | 'parent_ids', Tensor>>;
type Final = { readonly predicted_ids: Tensor; readonly beam_search_decoder_output: Found };
type SearchState = {
  readonly [key: string]: StateLike;
  readonly cell_state: StateLike;
  readonly log_probs: Tensor;
  readonly finished: Tensor;
  readonly lengths: Tensor;
};

/** A state of a decoder as that of a search. */
function asSearch(state: unknown): SearchState {
  return state as SearchState;
}

/** Each row of the tensors of `t` repeated `multiplier` times, one after the other. ValueError for unknown ranks. */
export const tile_batch = fn(
  ['t', 'multiplier', 'name'],
  <T>(t: T, multiplier: number, name: Name = null): T =>
    nameScope(name, 'tile_batch', () =>
      mapLeaves((leaf) => tiledRows(toTensor(leaf as TensorLike, null, 't'), multiplier), t),
    ) as T,
);

function tiledRows(t: Tensor, multiplier: number): Tensor {
  const { ndims } = t.shape;
  if (ndims === null || ndims < 1) throw new ValueError('t must have statically known rank');
  const repeats = Array.from({ length: ndims + 1 }, (_, axis) => (axis === 1 ? multiplier : 1));
  const tiled = tile(expand_dims(t, 1), constant(repeats, int32));
  const result = reshape(tiled, concat([constant([-1], int32), slice(shape(t), [1], [-1])], 0));
  const rows = t.shape.at(0).value;
  if (!executing_eagerly()) {
    const known = new TensorShape([rows === null ? null : rows * multiplier]);
    result.set_shape(known.concatenate(t.shape.at('1:')));
  }
  return result;
}

const searchArguments = signature(
  [
    'cell',
    'embedding',
    'start_tokens',
    'end_token',
    'initial_state',
    'beam_width',
    'output_layer',
    'length_penalty_weight',
  ],
  (
    cell: RNNCell,
    embedding: Embedding,
    start_tokens: TensorLike,
    end_token: TensorLike,
    initial_state: StateLike,
    beam_width: number,
    output_layer: Layer | null = null,
    length_penalty_weight: number = 0,
  ) => ({
    cell,
    embedding,
    start_tokens,
    end_token,
    initial_state,
    beam_width,
    output_layer,
    length_penalty_weight,
  }),
  { objects: ['initial_state'] },
);

/**
 * Searches for the most probable sequences. The memory and the initial state of a cell with attention
 * must have been tiled by `tile_batch(..., beam_width)`: `initial_state` is `[batch * beam_width, ...]`.
 */
export class BeamSearchDecoder extends Decoder<Found, Final> {
  private readonly given: ReturnType<typeof searchArguments>;
  private readonly embed: (ids: Tensor) => Tensor;
  private readonly endToken: Tensor;
  private readonly batch: Tensor;
  private readonly knownBatch: number | null;
  private readonly cellState: unknown;
  private readonly startInputs: Tensor;

  constructor(...args: ArgsOf<typeof searchArguments>) {
    super();
    this.given = searchArguments(...args);
    const { cell, embedding, start_tokens, end_token, initial_state, beam_width, output_layer } =
      this.given;
    assertCell(cell);
    assertLayer(output_layer);
    const [start, end] = tokens(start_tokens, end_token);
    this.embed = embeddingFunction(embedding);
    this.endToken = end;
    this.knownBatch = start.shape.at(0).value;
    this.batch = this.knownBatch === null ? size(start) : constant(this.knownBatch, int32);
    this.cellState = mapLeaves((leaf) => this.split(leaf), initial_state);
    const repeated = tile(expand_dims(start, 1), constant([1, beam_width], int32));
    this.startInputs = this.embed(repeated);
  }

  override get batch_size(): TensorLike {
    return this.batch;
  }
  override get output_size(): unknown {
    const each = new TensorShape([this.given.beam_width]);
    return new BeamSearchDecoderOutput(each, each, each);
  }
  override get output_dtype(): unknown {
    return new BeamSearchDecoderOutput<DType>(this.type, int32, int32);
  }
  override get tracks_own_finished(): boolean {
    return true;
  }

  private get type(): DType {
    return (flatten(this.cellState)[0] as Tensor).dtype;
  }

  override initialize(_name: Name = null): DecoderStart {
    const width = this.given.beam_width;
    const first = (on: TensorLike, off: TensorLike, dtype: DType) =>
      one_hot(zeros(stack([this.batch]), int32), constant(width, int32), on, off, { dtype });
    const none = constant(false, bool);
    const finished = first(none, constant(true, bool), bool);
    const logs = first(constant(0, this.type), constant(-Infinity, this.type), this.type);
    const state: unknown = new BeamSearchDecoderState<unknown>(
      this.cellState,
      this.known(logs),
      this.known(finished),
      this.known(zeros(this.beams(), int64)),
    );
    return [this.known(finished), this.startInputs, state as StateLike];
  }

  override step(
    _time: Tensor,
    inputs: StateLike,
    state: StateLike,
    name: Name = null,
  ): DecoderStep<Found> {
    const search = asSearch(state);
    const { cell, output_layer } = this.given;
    return nameScope(name, 'BeamSearchDecoderStep', () => {
      const merged = mapLeaves((leaf) => this.merge(leaf), inputs) as TensorLike;
      const cellState = mapLeaves((leaf) => this.merge(leaf), search.cell_state) as StateLike;
      const [raw, nextCellState] = cell(merged, cellState);
      const outputs = this.split(raw) as Tensor;
      const logits = output_layer === null ? outputs : output_layer(outputs);
      const parts = mapLeaves((leaf) => this.split(leaf), nextCellState);
      const [found, next] = this.extend(logits, parts, search);
      const nextInputs = cond(
        reduce_all(next.finished),
        () => this.startInputs,
        () => this.embed(found.predicted_ids),
      );
      return [found, next, nextInputs, next.finished];
    });
  }

  override finalize(outputs: Found, final_state: State, _lengths: Tensor): [Final, StateLike] {
    const { lengths } = asSearch(final_state);
    const longest = cast(reduce_max(lengths, [1]), int32);
    const { predicted_ids, parent_ids } = outputs;
    const sequences = gather_tree(predicted_ids, parent_ids, longest, this.endToken);
    const final: unknown = new FinalBeamSearchDecoderOutput<unknown>(sequences, outputs);
    return [final as Final, final_state];
  }

  /** The best continuations of all beams. */
  private extend(logits: Tensor, cellState: unknown, state: SearchState): [Found, SearchState] {
    const classes = sizeAlong(logits, 2);
    const count = toTensor(classes, int32);
    const logs = this.masked(log_softmax(logits), state.finished, count);
    const totals = plus(expand_dims(state.log_probs, 2), logs);
    const scores = this.scores(totals, state, count);
    const flat = reshape(scores, stack([this.batch, constant(-1, int32)]));
    const [best, places] = top_k(flat, constant(this.given.beam_width, int32));
    const flatTotals = reshape(totals, stack([this.batch, constant(-1, int32)]));
    const width = constant(this.given.beam_width, int32);
    const found: unknown = new BeamSearchDecoderOutput(
      this.known(best!),
      this.known(mod(places!, count)),
      this.known(floordiv(places!, count)),
    );
    const output = found as Found;
    const past = this.pick(state.finished, output.parent_ids, width);
    const grown = cast(logical_not(past), int64);
    const next: unknown = new BeamSearchDecoderState<unknown>(
      mapLeaves((leaf) => this.picked(leaf, output.parent_ids, width), cellState),
      this.pick(flatTotals, places!, times(width, count)),
      logical_or(past, equal(output.predicted_ids, this.endToken)),
      plus(this.pick(state.lengths, output.parent_ids, width), grown),
    );
    return [output, next as SearchState];
  }

  /** Log probabilities in which a beam that has ended can only end again. */
  private masked(logs: Tensor, finished: Tensor, count: Tensor): Tensor {
    const { dtype } = logs;
    const on = constant(0, dtype);
    const row = one_hot(this.endToken, count, on, constant(dtype.min, dtype), { dtype });
    const ended = tile(reshape(row, [1, 1, -1]), concat([this.beams(), constant([1], int32)], 0));
    const mask = tile(
      expand_dims(finished, 2),
      stack([1, 1, count].map((n) => toTensor(n, int32))),
    );
    return where(mask, ended, logs);
  }

  /** The scores of continuations; the end itself adds nothing to the length that counts. */
  private scores(totals: Tensor, state: SearchState, count: Tensor): Tensor {
    const { length_penalty_weight: weight } = this.given;
    if (weight === 0) return totals;
    const [zero, one] = [constant(0, int64), constant(1, int64)];
    const added = one_hot(fill(this.beams(), this.endToken), count, zero, one, { dtype: int64 });
    const goesOn = expand_dims(cast(logical_not(state.finished), int64), 2);
    const lengths = plus(times(added, goesOn), expand_dims(state.lengths, 2));
    const penalty = over(power(plus(5, cast(lengths, float32)), weight), 6 ** weight);
    return over(totals, penalty);
  }

  // ---- beams beside each other and one after the other ---------------------------------------

  private beams(): Tensor {
    return stack([this.batch, constant(this.given.beam_width, int32)]);
  }

  /** `tensor`, of which `[batch, beam]` is known. */
  private known(tensor: Tensor): Tensor {
    if (!executing_eagerly()) tensor.set_shape([this.knownBatch, this.given.beam_width]);
    return tensor;
  }

  /** `[batch * beam, ...]` as `[batch, beam, ...]`; scalars and arrays as they are. */
  private split(leaf: unknown): unknown {
    if (!(leaf instanceof Tensor) || leaf.shape.ndims === 0) return leaf;
    const rest = slice(shape(leaf), [1], [-1]);
    const result = reshape(leaf, concat([this.beams(), rest], 0));
    const expected = new TensorShape([this.knownBatch, this.given.beam_width]).concatenate(
      leaf.shape.at('1:'),
    );
    if (!result.shape.is_compatible_with(expected)) {
      throw new ValueError(
        `Unexpected behavior when reshaping between beam width and batch size.  The reshaped tensor has shape: ${result.shape}.  We expected it to have shape (batch_size, beam_width, depth) == ${expected}.  Perhaps you forgot to create a zero_state with batch_size=encoder_batch_size * beam_width?`,
      );
    }
    if (!executing_eagerly()) result.set_shape(expected);
    return result;
  }

  /** `[batch, beam, ...]` as `[batch * beam, ...]`. */
  private merge(leaf: unknown): unknown {
    if (!(leaf instanceof Tensor) || leaf.shape.ndims === null || leaf.shape.ndims < 2) return leaf;
    const rest = slice(shape(leaf), [2], [-1]);
    const rows = times(this.batch, constant(this.given.beam_width, int32));
    const result = reshape(leaf, concat([stack([rows]), rest], 0));
    const known = this.knownBatch === null ? null : this.knownBatch * this.given.beam_width;
    if (!executing_eagerly()) {
      result.set_shape(new TensorShape([known]).concatenate(leaf.shape.at('2:')));
    }
    return result;
  }

  /** The elements of the rows of `from`, `[batch, range]`, at `places`, `[batch, beam]`. */
  private pick(from: Tensor, places: Tensor, range_: Tensor): Tensor {
    const offsets = expand_dims(times(range(this.batch), range_), 1);
    const chosen = gather(reshape(from, [-1]), reshape(plus(places, offsets), [-1]));
    return this.known(reshape(chosen, this.beams()));
  }

  /** A part of the state, `[batch, beam, ...]`, of the beams at `places`; scalars and arrays as they are. */
  private picked(leaf: unknown, places: Tensor, width: Tensor): unknown {
    if (!(leaf instanceof Tensor) || leaf.shape.ndims === null || leaf.shape.ndims < 2) return leaf;
    const offsets = expand_dims(times(range(this.batch), width), 1);
    const rows = this.merge(leaf) as Tensor;
    const chosen = gather(rows, reshape(plus(places, offsets), [-1]));
    const result = reshape(chosen, shape(leaf));
    if (!executing_eagerly()) result.set_shape(leaf.shape);
    return result;
  }
}
