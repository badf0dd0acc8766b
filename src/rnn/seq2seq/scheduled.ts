/** Training that is sometimes fed what it put out itself (scheduled sampling: Bengio et al., 2015). */

import { cond } from '../../control/cond.ts';
import { toTensor } from '../../core/convert.ts';
import { bool, int32 } from '../../core/dtype.ts';
import { ValueError } from '../../core/errors.ts';
import { nameScope } from '../../core/mode.ts';
import { type ArgsOf, signature } from '../../core/signature.ts';
import type { Name, Tensor, TensorLike } from '../../core/tensor.ts';
import { maximum } from '../../ops/arithmetic.ts';
import { concat, fill, shape, stack } from '../../ops/array.ts';
import { cast } from '../../ops/cast.ts';
import { greater, less, logical_not, logical_or } from '../../ops/compare.ts';
import { constant } from '../../ops/constant.ts';
import { plus } from '../../ops/infix.ts';
import { random_uniform } from '../../ops/random.ts';
import { reduce_all, reduce_any } from '../../ops/reduce.ts';
import { where } from '../../ops/search.ts';
import type { TensorArray } from '../../ops/tensor_array.ts';
import type { State } from '../state.ts';
import { transposedBatchTime } from '../step.ts';
import { drawn, type SamplingStep, TrainingHelper, unstacked } from './sampling.ts';
import { type Embedding, embeddingFunction } from './structure.ts';

const scheduledArguments = signature(
  [
    'inputs',
    'sequence_length',
    'embedding',
    'sampling_probability',
    'time_major',
    'seed',
    'scheduling_seed',
    'name',
  ],
  (
    inputs: TensorLike,
    sequence_length: TensorLike,
    embedding: Embedding,
    sampling_probability: TensorLike,
    time_major: boolean = false,
    seed: number | null = null,
    scheduling_seed: number | null = null,
    name: Name = null,
  ) => ({
    inputs,
    sequence_length,
    embedding,
    sampling_probability,
    time_major,
    seed,
    scheduling_seed,
    name,
  }),
);

/**
 * A TrainingHelper that, with `sampling_probability`, draws a class from the outputs of a sequence and
 * feeds its embedding instead of the input that is given. Samples are -1 where none was drawn.
 */
export class ScheduledEmbeddingTrainingHelper extends TrainingHelper {
  private readonly given: ReturnType<typeof scheduledArguments>;
  private readonly embed: (ids: Tensor) => Tensor;

  constructor(...args: ArgsOf<typeof scheduledArguments>) {
    const given = scheduledArguments(...args);
    const { inputs, sequence_length, time_major, name } = given;
    super(inputs, sequence_length, time_major, name);
    this.given = given;
    this.embed = embeddingFunction(given.embedding);
  }

  override sample(_time: Tensor, outputs: Tensor, _state: State, name: Name = null): Tensor {
    const { sampling_probability, scheduling_seed, seed } = this.given;
    return nameScope(name, 'ScheduledEmbeddingTrainingHelperSample', () => {
      const ids = drawn(outputs, seed);
      const draws = random_uniform(shape(ids), { seed: scheduling_seed });
      const none = fill(shape(ids), constant(-1, int32));
      return where(less(draws, sampling_probability), ids, none);
    });
  }

  override next_inputs(
    time: Tensor,
    outputs: Tensor,
    state: State,
    sample_ids: Tensor,
    name: Name = null,
  ): SamplingStep {
    return nameScope(name, 'ScheduledEmbeddingTrainingHelperNextInputs', () => {
      const [finished, given, next] = super.next_inputs(time, outputs, state, sample_ids);
      const isDrawn = greater(sample_ids, constant(-1, int32));
      const embedded = this.embed(maximum(sample_ids, constant(0, int32)));
      return [finished, where(isDrawn, embedded, given as Tensor), next];
    });
  }
}

const outputArguments = signature(
  [
    'inputs',
    'sequence_length',
    'sampling_probability',
    'time_major',
    'seed',
    'next_inputs_fn',
    'auxiliary_inputs',
    'name',
  ],
  (
    inputs: TensorLike,
    sequence_length: TensorLike,
    sampling_probability: TensorLike,
    time_major: boolean = false,
    seed: number | null = null,
    next_inputs_fn: ((outputs: Tensor) => Tensor) | null = null,
    auxiliary_inputs: TensorLike | null = null,
    name: Name = null,
  ) => ({
    inputs,
    sequence_length,
    sampling_probability,
    time_major,
    seed,
    next_inputs_fn,
    auxiliary_inputs,
    name,
  }),
);

/**
 * A TrainingHelper that, with `sampling_probability`, feeds what was put out, or `next_inputs_fn` of it,
 * instead of the input that is given; `auxiliary_inputs` are appended to both. Samples are 1 where it did.
 */
export class ScheduledOutputTrainingHelper extends TrainingHelper {
  private readonly seed: number | null;
  private readonly probability: Tensor;
  private readonly nextInputs: ((outputs: Tensor) => Tensor) | null;
  private readonly auxiliary: TensorArray | null = null;

  constructor(...args: ArgsOf<typeof outputArguments>) {
    const given = outputArguments(...args);
    const { sequence_length, time_major, auxiliary_inputs, name } = given;
    const made = nameScope(name, 'ScheduledOutputTrainingHelper', () => {
      const probability = toTensor(given.sampling_probability, null, 'sampling_probability');
      const { ndims } = probability.shape;
      if (ndims !== 0 && ndims !== 1) {
        throw new ValueError(
          `sampling_probability must be either a scalar or a vector. saw shape: ${probability.shape}`,
        );
      }
      if (auxiliary_inputs === null) return { probability, inputs: given.inputs, auxiliary: null };
      const inputs = toTensor(given.inputs, null, 'inputs');
      const more = toTensor(auxiliary_inputs, null, 'auxiliary_inputs');
      const steps = time_major ? more : (transposedBatchTime(more) as Tensor);
      return { probability, inputs: concat([inputs, more], -1), auxiliary: unstacked(steps) };
    });
    super(made.inputs, sequence_length, time_major, name);
    this.probability = made.probability;
    this.auxiliary = made.auxiliary;
    this.seed = given.seed;
    this.nextInputs = given.next_inputs_fn;
  }

  override sample(_time: Tensor, _outputs: Tensor, _state: State, name: Name = null): Tensor {
    return nameScope(name, 'ScheduledOutputTrainingHelperSample', () => {
      const draws = random_uniform(stack([this.batch_size]), { seed: this.seed });
      return cast(less(draws, this.probability), int32);
    });
  }

  override next_inputs(
    time: Tensor,
    outputs: Tensor,
    state: State,
    sample_ids: Tensor,
    name: Name = null,
  ): SamplingStep {
    return nameScope(name, 'ScheduledOutputTrainingHelperNextInputs', () => {
      const [finished, given, next] = super.next_inputs(time, outputs, state, sample_ids);
      const isDrawn = cast(sample_ids, bool);
      const nothing = logical_or(reduce_all(finished), logical_not(reduce_any(isDrawn)));
      const fed = cond(
        nothing,
        () => given,
        () => {
          const own = this.nextInputs ? this.nextInputs(outputs) : outputs;
          const more = this.auxiliary?.read(plus(time, 1));
          return where(isDrawn, more ? concat([own, more], -1) : own, given as Tensor);
        },
      );
      return [finished, fed as Tensor, next];
    });
  }
}
