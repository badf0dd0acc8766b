/** Decoding: a loop whose inputs depend on what it put out before, until every sequence has ended. */

import { while_loop } from '../../control/while_loop.ts';
import { with_ } from '../../core/context.ts';
import { toTensor } from '../../core/convert.ts';
import { type DType, int32 } from '../../core/dtype.ts';
import { NotImplementedError, ValueError } from '../../core/errors.ts';
import { assertSameStructure, mapLeaves } from '../../core/nest.ts';
import { TensorShape } from '../../core/shape.ts';
import { fn } from '../../core/signature.ts';
import type { Name, Tensor, TensorLike } from '../../core/tensor.ts';
import { fill, shape, zeros, zeros_like } from '../../ops/array.ts';
import { greater_equal, logical_not, logical_or } from '../../ops/compare.ts';
import { constant } from '../../ops/constant.ts';
import { plus } from '../../ops/infix.ts';
import { reduce_all } from '../../ops/reduce.ts';
import { where } from '../../ops/search.ts';
import { TensorArray } from '../../ops/tensor_array.ts';
import { variable_scope } from '../../variables/scope_stack.ts';
import type { VariableScope } from '../../variables/variable_scope.ts';
import { asState, batchShape, type State, type StateLike } from '../state.ts';
import { transposedBatchTime } from '../step.ts';
import { mapTogether, unlessFinished } from './structure.ts';

/** How a decoder starts: which sequences have ended already, the first inputs, the first state. */
export type DecoderStart = readonly [finished: Tensor, inputs: StateLike, state: StateLike];
/** What a step of a decoder gives. */
export type DecoderStep<O> = readonly [
  outputs: O,
  next_state: StateLike,
  next_inputs: StateLike,
  finished: Tensor,
];

/** A decoder whose steps give `O`, and that gives `F` at the end. */
export class Decoder<O = unknown, F = O> {
  /** The batch size, a number or an int32 scalar. */
  get batch_size(): TensorLike {
    throw new NotImplementedError('Abstract method');
  }
  /** The sizes of the outputs of a step, without the batch. */
  get output_size(): unknown {
    throw new NotImplementedError('Abstract method');
  }
  /** The types of the outputs. */
  get output_dtype(): unknown {
    throw new NotImplementedError('Abstract method');
  }
  /** Whether a sequence that has ended may go on: `dynamic_decode` then takes `finished` as it is. */
  get tracks_own_finished(): boolean {
    return false;
  }
  /** What to start from. */
  initialize(_name: Name = null): DecoderStart {
    throw new NotImplementedError('Abstract method');
  }
  /** One step. */
  step(_time: Tensor, _inputs: StateLike, _state: StateLike, _name: Name = null): DecoderStep<O> {
    throw new NotImplementedError('Abstract method');
  }
  /** What to give at the end for the time-major `outputs`; as they are where it raises NotImplementedError. */
  finalize(_outputs: O, _final_state: State, _sequence_lengths: Tensor): readonly [F, StateLike] {
    throw new NotImplementedError('Abstract method');
  }
}

interface Settings {
  readonly impute_finished: boolean;
  readonly maximum_iterations: Tensor | null;
  readonly parallel_iterations: number;
  readonly swap_memory: boolean;
}

/** The last outputs, the last state, the lengths of the sequences. */
type Decoded<F> = [final_outputs: F, final_state: State, final_sequence_lengths: Tensor];

interface DecodeKeywords {
  readonly output_time_major?: boolean;
  readonly impute_finished?: boolean;
  readonly maximum_iterations?: TensorLike | null;
  readonly parallel_iterations?: number;
  readonly swap_memory?: boolean;
  readonly scope?: string | VariableScope | null;
}

/** The calls of `dynamic_decode`: what comes out is what the decoder gives. */
interface DynamicDecode {
  <O, F>(
    decoder: Decoder<O, F>,
    output_time_major?: boolean,
    impute_finished?: boolean,
    maximum_iterations?: TensorLike | null,
    parallel_iterations?: number,
    swap_memory?: boolean,
    scope?: string | VariableScope | null,
  ): Decoded<F>;
  <O, F>(decoder: Decoder<O, F>, kw: DecodeKeywords): Decoded<F>;
  <O, F>(kw: DecodeKeywords & { readonly decoder: Decoder<O, F> }): Decoded<F>;
}

/**
 * Steps `decoder` until all sequences have ended, or `maximum_iterations` times: its outputs,
 * `[batch, time, ...]` or with `output_time_major` `[time, batch, ...]`, its last state, and the
 * lengths of the sequences. With `impute_finished` sequences that have ended give zeros and keep their
 * state. TypeError for what is no Decoder.
 */
export const dynamic_decode: DynamicDecode = fn(
  [
    'decoder',
    'output_time_major',
    'impute_finished',
    'maximum_iterations',
    'parallel_iterations',
    'swap_memory',
    'scope',
  ],
  <F>(
    decoder: Decoder<unknown, F>,
    output_time_major: boolean = false,
    impute_finished: boolean = false,
    maximum_iterations: TensorLike | null = null,
    parallel_iterations: number = 32,
    swap_memory: boolean = false,
    scope: string | VariableScope | null = null,
  ): Decoded<F> => {
    if (!(decoder instanceof Decoder)) {
      throw new TypeError(`Expected decoder to be type Decoder, but saw: ${typeof decoder}`);
    }
    return with_(variable_scope(scope ?? 'decoder'), () => {
      const limit = limitOf(maximum_iterations);
      const [outputs, state, lengths] = decode(decoder as Decoder, {
        impute_finished,
        maximum_iterations: limit,
        parallel_iterations,
        swap_memory,
      });
      const [final, last] = finalized(decoder as Decoder, outputs, state, lengths);
      const result = output_time_major ? final : mapLeaves(transposedBatchTime, final);
      return [result as F, asState(last), lengths] as Decoded<F>;
    });
  },
);

function limitOf(maximum: TensorLike | null): Tensor | null {
  if (maximum === null) return null;
  const limit = toTensor(maximum, int32, 'maximum_iterations');
  if (limit.shape.ndims === 0) return limit;
  throw new ValueError('maximum_iterations must be a scalar');
}

function finalized(
  decoder: Decoder,
  outputs: unknown,
  state: State,
  lengths: Tensor,
): readonly [unknown, unknown] {
  try {
    return decoder.finalize(outputs, state, lengths);
  } catch (error) {
    if (error instanceof NotImplementedError) return [outputs, state];
    throw error;
  }
}

/** The loop: stacked outputs, the last state, the lengths. */
function decode(decoder: Decoder, settings: Settings): [unknown, State, Tensor] {
  const { maximum_iterations: limit, parallel_iterations, swap_memory } = settings;
  const [ended, inputs, state] = decoder.initialize();
  const finished =
    limit === null ? ended : logical_or(ended, greater_equal(constant(0, int32), limit));
  const variables: readonly unknown[] = [
    constant(0, int32),
    mapTogether(arrayOf(decoder), decoder.output_size, decoder.output_dtype),
    mapLeaves(asLeaf, state),
    mapLeaves(asLeaf, inputs),
    finished,
    zeros_like(finished, int32),
  ];
  const results: readonly unknown[] = while_loop(
    (...vars) => logical_not(reduce_all(vars[4] as Tensor)),
    bodyOf(decoder, settings.impute_finished),
    variables,
    { parallel_iterations, maximum_iterations: limit, swap_memory },
  );
  const outputs = mapLeaves((array) => (array as TensorArray).stack(), results[1]);
  return [outputs, asState(results[2]), results[5] as Tensor];
}

const asLeaf = (leaf: unknown): unknown =>
  leaf instanceof TensorArray ? leaf : toTensor(leaf as TensorLike);

/** Makes the array that collects an output of a given size and type. */
function arrayOf(decoder: Decoder) {
  const batch = toTensor(decoder.batch_size, int32).constant?.data[0] as number | undefined;
  return (size: unknown, dtype: unknown) =>
    new TensorArray({
      dtype: dtype as DType,
      size: 0,
      dynamic_size: true,
      element_shape:
        size instanceof TensorShape || typeof size === 'number'
          ? new TensorShape([batch ?? null]).concatenate(typeof size === 'number' ? [size] : size)
          : new TensorShape(null),
    });
}

function bodyOf(decoder: Decoder, impute: boolean) {
  const zeroOutputs = mapTogether(
    (size, dtype) => zeros(batchShape(decoder.batch_size, size as number), dtype as DType),
    decoder.output_size,
    decoder.output_dtype,
  );
  return (...variables: readonly unknown[]): unknown => {
    const [time, arrays, state, inputs, finished, lengths] = variables as [
      Tensor,
      unknown,
      State,
      State,
      Tensor,
      Tensor,
    ];
    const [outputs, nextState, nextInputs, ended] = decoder.step(time, inputs, state);
    const nextFinished = decoder.tracks_own_finished ? ended : logical_or(ended, finished);
    const now = fill(shape(lengths), plus(time, 1));
    const nextLengths = where(logical_not(finished), now, lengths);
    assertSameStructure(state, nextState);
    assertSameStructure(inputs, nextInputs);
    const emitted = impute
      ? mapTogether(
          (out, zero) => where(finished, zero as Tensor, out as Tensor),
          outputs,
          zeroOutputs,
        )
      : outputs;
    const kept = impute
      ? mapTogether((next, old) => unlessFinished(finished, next, old), nextState, state)
      : nextState;
    const written = mapTogether(
      (array, out) => (array as TensorArray).write(time, out as Tensor),
      arrays,
      emitted,
    );
    return [plus(time, 1), written, kept, nextInputs, nextFinished, nextLengths];
  };
}
