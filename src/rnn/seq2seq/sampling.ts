/** What decoders are fed: samplers that say which class an output means, and what comes in next. */

import { cond } from '../../control/cond.ts';
import { toTensor } from '../../core/convert.ts';
import { bool, type DType, int32 } from '../../core/dtype.ts';
import { NotImplementedError, ValueError } from '../../core/errors.ts';
import { nameScope } from '../../core/mode.ts';
import { mapLeaves } from '../../core/nest.ts';
import { as_shape, type ShapeLike, TensorShape } from '../../core/shape.ts';
import { type ArgsOf, signature } from '../../core/signature.ts';
import { type Name, Tensor, type TensorLike } from '../../core/tensor.ts';
import { reshape, shape, size, tile, zeros_like } from '../../ops/array.ts';
import { cast } from '../../ops/cast.ts';
import { equal, greater_equal } from '../../ops/compare.ts';
import { constant } from '../../ops/constant.ts';
import { over, plus } from '../../ops/infix.ts';
import { multinomial } from '../../ops/random.ts';
import { argmax, reduce_all } from '../../ops/reduce.ts';
import { TensorArray } from '../../ops/tensor_array.ts';
import type { State, StateLike } from '../state.ts';
import { transposedBatchTime } from '../step.ts';
import { type Embedding, embeddingFunction } from './structure.ts';

/** How sampling starts. */
export type SamplingStart = readonly [finished: Tensor, next_inputs: StateLike];
/** What follows a sample. */
export type SamplingStep = readonly [finished: Tensor, next_inputs: StateLike, state: StateLike];

/** Samples from the outputs of a decoder, and says what its next inputs are. */
export class Helper {
  /** The batch size, an int32 scalar. */
  get batch_size(): TensorLike {
    throw new NotImplementedError('batch_size has not been implemented');
  }
  /** The shape of a sample, without the batch. */
  get sample_ids_shape(): TensorShape {
    throw new NotImplementedError('sample_ids_shape has not been implemented');
  }
  /** The type of samples. */
  get sample_ids_dtype(): DType {
    throw new NotImplementedError('sample_ids_dtype has not been implemented');
  }
  /** Which sequences have ended before the first step, and its inputs. */
  initialize(_name: Name = null): SamplingStart {
    throw new NotImplementedError('initialize has not been implemented');
  }
  /** The samples for the outputs of a step. */
  sample(_time: Tensor, _outputs: Tensor, _state: State, _name: Name = null): Tensor {
    throw new NotImplementedError('sample has not been implemented');
  }
  /** Which sequences have ended with these samples, the next inputs, the next state. */
  next_inputs(
    _time: Tensor,
    _outputs: Tensor,
    _state: State,
    _sample_ids: Tensor,
    _name: Name = null,
  ): SamplingStep {
    throw new NotImplementedError('next_inputs has not been implemented');
  }
}

/** The samples are classes. */
class ClassHelper extends Helper {
  override get sample_ids_shape(): TensorShape {
    return new TensorShape([]);
  }
  override get sample_ids_dtype(): DType {
    return int32;
  }
}

/** `false` for each sequence of the batch. */
const noneFinished = (batch: TensorLike): Tensor =>
  tile(constant([false], bool), reshape(toTensor(batch, int32), [1]));

/** What `first` builds if all sequences have ended, else what `second` builds. */
const unlessAll = (finished: Tensor, first: () => unknown, second: () => unknown): StateLike =>
  cond(reduce_all(finished), first, second) as StateLike;

const trainingArguments = signature(
  ['inputs', 'sequence_length', 'time_major', 'name'],
  (
    inputs: StateLike,
    sequence_length: TensorLike,
    time_major: boolean = false,
    name: Name = null,
  ) => ({ inputs, sequence_length, time_major, name }),
  { objects: ['inputs'] },
);

/** Feeds the inputs that are given, whatever was put out: for training. */
export class TrainingHelper extends ClassHelper {
  /** How many steps each sequence has: `[batch]` int32. */
  readonly sequence_length: Tensor;
  private readonly batch: Tensor;
  private readonly arrays: unknown;
  private readonly zeroInputs: unknown;

  constructor(...args: ArgsOf<typeof trainingArguments>) {
    super();
    const { inputs, sequence_length, time_major, name } = trainingArguments(...args);
    const made = nameScope(name, 'TrainingHelper', () => {
      const given = mapLeaves((leaf) => toTensor(leaf as TensorLike), inputs);
      const steps = time_major ? given : mapLeaves(transposedBatchTime, given);
      const lengths = toTensor(sequence_length, null, 'sequence_length', int32);
      if (lengths.shape.ndims !== 1) {
        throw new ValueError(
          `Expected sequence_length to be a vector, but received shape: ${lengths.shape}`,
        );
      }
      const zeroInputs = mapLeaves((leaf) => zeros_like((leaf as Tensor).at(0)), steps);
      const arrays = mapLeaves((leaf) => unstacked(leaf as Tensor), steps);
      return { lengths, zeroInputs, arrays, batch: size(lengths) };
    });
    this.sequence_length = made.lengths;
    this.arrays = made.arrays;
    this.zeroInputs = made.zeroInputs;
    this.batch = made.batch;
  }

  override get batch_size(): TensorLike {
    return this.batch;
  }

  override initialize(name: Name = null): SamplingStart {
    return nameScope(name, 'TrainingHelperInitialize', () => {
      const zero = constant(0, this.sequence_length.dtype);
      const finished = equal(zero, this.sequence_length);
      return [finished, this.inputsAt(finished, constant(0, int32))];
    });
  }

  override sample(_time: Tensor, outputs: Tensor, _state: State, name: Name = null): Tensor {
    return nameScope(name, 'TrainingHelperSample', () => cast(argmax(outputs, -1), int32));
  }

  override next_inputs(
    time: Tensor,
    _outputs: Tensor,
    state: State,
    _sample_ids: Tensor,
    name: Name = null,
  ): SamplingStep {
    return nameScope(name, 'TrainingHelperNextInputs', () => {
      const next = plus(time, 1);
      const finished = greater_equal(cast(next, this.sequence_length.dtype), this.sequence_length);
      return [finished, this.inputsAt(finished, next), state];
    });
  }

  private inputsAt(finished: Tensor, time: Tensor): StateLike {
    const read = () => mapLeaves((array) => (array as TensorArray).read(time), this.arrays);
    return unlessAll(finished, () => this.zeroInputs, read);
  }
}

/** The steps of `[time, ...]` as entries of a TensorArray. */
export function unstacked(steps: Tensor): TensorArray {
  const element_shape = steps.shape.at('1:');
  const array = new TensorArray({ dtype: steps.dtype, size: shape(steps).at(0), element_shape });
  return array.unstack(steps);
}

const greedyArguments = signature(
  ['embedding', 'start_tokens', 'end_token'],
  (embedding: Embedding, start_tokens: TensorLike, end_token: TensorLike) => ({
    embedding,
    start_tokens,
    end_token,
  }),
);

/** Feeds the embedding of the most probable class, until that is `end_token`. */
export class GreedyEmbeddingHelper extends ClassHelper {
  private readonly embed: (ids: Tensor) => Tensor;
  private readonly endToken: Tensor;
  private readonly batch: Tensor;
  private readonly startInputs: Tensor;

  constructor(...args: ArgsOf<typeof greedyArguments>) {
    super();
    const { embedding, start_tokens, end_token } = greedyArguments(...args);
    const [start, end] = tokens(start_tokens, end_token);
    this.embed = embeddingFunction(embedding);
    this.endToken = end;
    this.batch = size(start);
    this.startInputs = this.embed(start);
  }

  override get batch_size(): TensorLike {
    return this.batch;
  }

  override initialize(_name: Name = null): SamplingStart {
    return [noneFinished(this.batch), this.startInputs];
  }

  override sample(_time: Tensor, outputs: Tensor, _state: State, _name: Name = null): Tensor {
    return argmax(single(outputs), -1, { output_type: int32 });
  }

  override next_inputs(
    _time: Tensor,
    _outputs: Tensor,
    state: State,
    sample_ids: Tensor,
    _name: Name = null,
  ): SamplingStep {
    const finished = equal(sample_ids, this.endToken);
    const next = unlessAll(
      finished,
      () => this.startInputs,
      () => this.embed(sample_ids),
    );
    return [finished, next, state];
  }
}

/** The start tokens, a vector, and the end token, a scalar. ValueError where they are not. */
export function tokens(start_tokens: TensorLike, end_token: TensorLike): [Tensor, Tensor] {
  const start = toTensor(start_tokens, int32, 'start_tokens');
  const end = toTensor(end_token, int32, 'end_token');
  if (start.shape.ndims !== 1) throw new ValueError('start_tokens must be a vector');
  if (end.shape.ndims !== 0) throw new ValueError('end_token must be a scalar');
  return [start, end];
}

function single(outputs: Tensor): Tensor {
  if (outputs instanceof Tensor) return outputs;
  throw new TypeError(`Expected outputs to be a single Tensor, got: ${typeof outputs}`);
}

/** A class for each row of logits, drawn in proportion to their exponentials: `[batch]` int32. */
export function drawn(logits: Tensor, seed: number | null): Tensor {
  const draws = multinomial(logits, constant(1, int32), seed, { output_dtype: int32 });
  return reshape(draws, [-1]);
}

const sampleArguments = signature(
  ['embedding', 'start_tokens', 'end_token', 'softmax_temperature', 'seed'],
  (
    embedding: Embedding,
    start_tokens: TensorLike,
    end_token: TensorLike,
    softmax_temperature: TensorLike | null = null,
    seed: number | null = null,
  ) => ({ embedding, start_tokens, end_token, softmax_temperature, seed }),
);

/** Feeds the embedding of a class that is drawn from the outputs, until that is `end_token`. */
export class SampleEmbeddingHelper extends GreedyEmbeddingHelper {
  private readonly temperature: TensorLike | null;
  private readonly seed: number | null;

  constructor(...args: ArgsOf<typeof sampleArguments>) {
    const { embedding, start_tokens, end_token, softmax_temperature, seed } = sampleArguments(
      ...args,
    );
    super(embedding, start_tokens, end_token);
    this.temperature = softmax_temperature;
    this.seed = seed;
  }

  override sample(_time: Tensor, outputs: Tensor, _state: State, _name: Name = null): Tensor {
    const logits = single(outputs);
    return drawn(this.temperature === null ? logits : over(logits, this.temperature), this.seed);
  }
}

const inferenceArguments = signature(
  ['sample_fn', 'sample_shape', 'sample_dtype', 'start_inputs', 'end_fn', 'next_inputs_fn'],
  (
    sample_fn: (outputs: Tensor) => Tensor,
    sample_shape: ShapeLike,
    sample_dtype: DType,
    start_inputs: TensorLike,
    end_fn: (sample_ids: Tensor) => Tensor,
    next_inputs_fn: ((sample_ids: Tensor) => Tensor) | null = null,
  ) => ({ sample_fn, sample_shape, sample_dtype, start_inputs, end_fn, next_inputs_fn }),
);

/** Feeds what `next_inputs_fn`, or nothing, makes of the samples that `sample_fn` takes, until `end_fn`. */
export class InferenceHelper extends Helper {
  private readonly given: ReturnType<typeof inferenceArguments>;
  private readonly startInputs: Tensor;
  private readonly batch: Tensor;

  constructor(...args: ArgsOf<typeof inferenceArguments>) {
    super();
    this.given = inferenceArguments(...args);
    this.startInputs = toTensor(this.given.start_inputs, null, 'start_inputs');
    this.batch = shape(this.startInputs).at(0);
  }

  override get batch_size(): TensorLike {
    return this.batch;
  }
  override get sample_ids_shape(): TensorShape {
    return as_shape(this.given.sample_shape);
  }
  override get sample_ids_dtype(): DType {
    return this.given.sample_dtype;
  }

  override initialize(_name: Name = null): SamplingStart {
    return [noneFinished(this.batch), this.startInputs];
  }

  override sample(_time: Tensor, outputs: Tensor, _state: State, _name: Name = null): Tensor {
    return this.given.sample_fn(outputs);
  }

  override next_inputs(
    _time: Tensor,
    _outputs: Tensor,
    state: State,
    sample_ids: Tensor,
    _name: Name = null,
  ): SamplingStep {
    const { next_inputs_fn, end_fn } = this.given;
    const next = next_inputs_fn === null ? sample_ids : next_inputs_fn(sample_ids);
    return [end_fn(sample_ids), next, state];
  }
}

const customArguments = signature(
  ['initialize_fn', 'sample_fn', 'next_inputs_fn', 'sample_ids_shape', 'sample_ids_dtype'],
  (
    initialize_fn: () => SamplingStart,
    sample_fn: (time: Tensor, outputs: Tensor, state: State) => Tensor,
    next_inputs_fn: (
      time: Tensor,
      outputs: Tensor,
      state: State,
      sample_ids: Tensor,
    ) => SamplingStep,
    sample_ids_shape: ShapeLike | null = null,
    sample_ids_dtype: DType | null = null,
  ) => ({ initialize_fn, sample_fn, next_inputs_fn, sample_ids_shape, sample_ids_dtype }),
);

/** Does what three functions say: how to start, what to sample, what comes next. */
export class CustomHelper extends Helper {
  private readonly given: ReturnType<typeof customArguments>;
  private batch: Tensor | null = null;

  constructor(...args: ArgsOf<typeof customArguments>) {
    super();
    this.given = customArguments(...args);
  }

  override get batch_size(): TensorLike {
    if (this.batch !== null) return this.batch;
    throw new ValueError('batch_size accessed before initialize was called');
  }
  override get sample_ids_shape(): TensorShape {
    return as_shape(this.given.sample_ids_shape ?? []);
  }
  override get sample_ids_dtype(): DType {
    return this.given.sample_ids_dtype ?? int32;
  }

  override initialize(name: Name = null): SamplingStart {
    return nameScope(name, 'CustomHelperInitialize', () => {
      const [finished, next] = this.given.initialize_fn();
      this.batch ??= size(finished);
      return [finished, next];
    });
  }

  override sample(time: Tensor, outputs: Tensor, state: State, name: Name = null): Tensor {
    return nameScope(name, 'CustomHelperSample', () => this.given.sample_fn(time, outputs, state));
  }

  override next_inputs(
    time: Tensor,
    outputs: Tensor,
    state: State,
    sample_ids: Tensor,
    name: Name = null,
  ): SamplingStep {
    return nameScope(name, 'CustomHelperNextInputs', () =>
      this.given.next_inputs_fn(time, outputs, state, sample_ids),
    );
  }
}
