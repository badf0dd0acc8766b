/** Training that is sometimes fed what it put out itself (scheduled sampling: Bengio et al., 2015). */

import { int32 } from '../../core/dtype.ts';
import { nameScope } from '../../core/mode.ts';
import { type ArgsOf, signature } from '../../core/signature.ts';
import type { Name, Tensor, TensorLike } from '../../core/tensor.ts';
import { maximum } from '../../ops/arithmetic.ts';
import { fill, shape } from '../../ops/array.ts';
import { greater, less } from '../../ops/compare.ts';
import { constant } from '../../ops/constant.ts';
import { random_uniform } from '../../ops/random.ts';
import { where } from '../../ops/search.ts';
import type { State } from '../state.ts';
import { drawn, type SamplingStep, TrainingHelper } from './sampling.ts';
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
