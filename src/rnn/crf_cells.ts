/** The recursions of conditional random fields, as recurrent cells: sums and maxima over all paths, and the way back. */

import { toTensor } from '../core/convert.ts';
import { int32 } from '../core/dtype.ts';
import type { Tensor, TensorLike } from '../core/tensor.ts';
import type { Inputs } from '../layers/base.ts';
import { expand_dims, gather_nd, shape, squeeze, stack } from '../ops/array.ts';
import { cast } from '../ops/cast.ts';
import { plus } from '../ops/infix.ts';
import { argmax, reduce_logsumexp, reduce_max } from '../ops/reduce.ts';
import { range } from '../ops/sequence.ts';
import { RNNCell } from './cell.ts';
import { asState, type Size, type State, type StateLike } from './state.ts';

/** A cell whose state has one number per tag. */
class TagCell extends RNNCell {
  private readonly transitions: Tensor;
  private readonly tags: number;

  /** `transition_params`: `[tags, tags]`. */
  constructor(transition_params: TensorLike) {
    super();
    const transitions = toTensor(transition_params);
    this.transitions = expand_dims(transitions, 0);
    this.tags = transitions.shape.at(0).value!;
  }

  override get state_size(): Size {
    return this.tags;
  }
  override get output_size(): Size {
    return this.tags;
  }

  /** The scores of all transitions from the state: `[batch, from, to]`. */
  protected scores(state: StateLike): Tensor {
    return plus(expand_dims(state as TensorLike, 2), this.transitions);
  }
}

/** One step of the forward recursion: the log of the summed scores of all paths to each tag. */
export class CrfForwardRnnCell extends TagCell {
  override apply(inputs: Inputs, state: StateLike = []): [output: Tensor, state: State] {
    const alphas = plus(inputs as TensorLike, reduce_logsumexp(this.scores(state), [1]));
    return [alphas, asState(alphas)];
  }
}

/** One step of Viterbi's recursion: the state is the best score to each tag, the output the tag before. */
export class CrfDecodeForwardRnnCell extends TagCell {
  override apply(inputs: Inputs, state: StateLike = []): [output: Tensor, state: State] {
    const scores = this.scores(state);
    const best = plus(inputs as TensorLike, reduce_max(scores, [1]));
    return [cast(argmax(scores, 1), int32), asState(best)];
  }
}

/** One step back along the best path: inputs are the tags before each tag, the state is the tag. */
export class CrfDecodeBackwardRnnCell extends RNNCell {
  /** The number of tags. */
  readonly num_tags: number;

  constructor(num_tags: number) {
    super();
    this.num_tags = num_tags;
  }

  override get state_size(): Size {
    return 1;
  }
  override get output_size(): Size {
    return 1;
  }

  override apply(inputs: Inputs, state: StateLike = []): [output: Tensor, state: State] {
    const tag = squeeze(state as TensorLike, [1]);
    const rows = range(shape(inputs as TensorLike).at(0));
    const before = gather_nd(inputs as TensorLike, stack([rows, tag], 1));
    const tags = expand_dims(before, -1);
    return [tags, asState(tags)];
  }
}
