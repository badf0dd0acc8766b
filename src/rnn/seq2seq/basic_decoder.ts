/** The decoder that asks a cell for outputs, and a Helper for samples and the next inputs. */

import { type DType, int32 } from '../../core/dtype.ts';
import { nameScope } from '../../core/mode.ts';
import { namedtuple } from '../../core/namedtuple.ts';
import { flatten, mapLeaves } from '../../core/nest.ts';
import { as_shape, type ShapeLike, TensorShape } from '../../core/shape.ts';
import { type ArgsOf, signature } from '../../core/signature.ts';
import type { Name, Tensor, TensorLike } from '../../core/tensor.ts';
import { Layer } from '../../layers/base.ts';
import { assertCell, type RNNCell } from '../cell.ts';
import { asState, type Size, type StateLike } from '../state.ts';
import { Decoder, type DecoderStart, type DecoderStep } from './decoder.ts';
import { Helper } from './sampling.ts';

/** What a step of a BasicDecoder gives: the output of the cell, or of the layer after it, and the sample. */
export interface BasicDecoderOutput extends Iterable<Tensor> {
  readonly length: number;
  readonly [index: number]: Tensor;
  readonly rnn_output: Tensor;
  readonly sample_id: Tensor;
}

const Output = namedtuple('BasicDecoderOutput', ['rnn_output', 'sample_id']);
type OutputClass = new (rnn_output: unknown, sample_id: unknown) => object;

/** The outputs of a BasicDecoder: `rnn_output` and `sample_id`. */
export class BasicDecoderOutput extends (Output as OutputClass) {}

/** A layer that knows the shape of what it gives. */
interface ShapedLayer extends Layer {
  compute_output_shape(input_shape: TensorShape): TensorShape;
}

/** The size of the outputs of `cell`, or of `layer` after it, without the batch. */
export function outputSize(cell: RNNCell, layer: Layer | null): Size {
  const size = cell.output_size;
  if (layer === null) return size;
  const sized = mapLeaves((part) => {
    const input = new TensorShape([null]).concatenate(
      typeof part === 'number' ? [part] : as_shape(part as ShapeLike),
    );
    return (layer as ShapedLayer).compute_output_shape(input).at('1:');
  }, size);
  return sized as Size;
}

/** TypeError unless `layer` is a layer, or nothing. */
export function assertLayer(layer: unknown): void {
  if (layer === null || layer instanceof Layer) return;
  throw new TypeError(`output_layer must be a Layer, received: ${typeof layer}`);
}

const decoderArguments = signature(
  ['cell', 'helper', 'initial_state', 'output_layer'],
  (cell: RNNCell, helper: Helper, initial_state: StateLike, output_layer: Layer | null = null) => ({
    cell,
    helper,
    initial_state,
    output_layer,
  }),
  { objects: ['initial_state'] },
);

/** Runs `cell`, and `output_layer` on its outputs, on the inputs that `helper` chooses. */
export class BasicDecoder extends Decoder<BasicDecoderOutput> {
  private readonly given: ReturnType<typeof decoderArguments>;

  constructor(...args: ArgsOf<typeof decoderArguments>) {
    super();
    this.given = decoderArguments(...args);
    const { cell, helper, output_layer } = this.given;
    assertCell(cell, `cell must be an RNNCell, received: ${typeof cell}`);
    if (!(helper instanceof Helper)) {
      throw new TypeError(`helper must be a Helper, received: ${typeof helper}`);
    }
    assertLayer(output_layer);
  }

  override get batch_size(): TensorLike {
    return this.given.helper.batch_size;
  }
  override get output_size(): unknown {
    const { cell, helper, output_layer } = this.given;
    return new BasicDecoderOutput(outputSize(cell, output_layer), helper.sample_ids_shape);
  }
  override get output_dtype(): unknown {
    const { cell, helper, output_layer, initial_state } = this.given;
    const { dtype } = flatten(initial_state)[0] as { readonly dtype: DType };
    const types = mapLeaves(() => dtype, outputSize(cell, output_layer));
    return new BasicDecoderOutput(types, helper.sample_ids_dtype ?? int32);
  }

  override initialize(_name: Name = null): DecoderStart {
    return [...this.given.helper.initialize(), this.given.initial_state];
  }

  override step(
    time: Tensor,
    inputs: StateLike,
    state: StateLike,
    name: Name = null,
  ): DecoderStep<BasicDecoderOutput> {
    const { cell, helper, output_layer } = this.given;
    return nameScope(name, 'BasicDecoderStep', () => {
      const [raw, cellState] = cell(inputs as TensorLike, state);
      const outputs = output_layer === null ? raw : output_layer(raw);
      const ids = helper.sample(time, outputs, asState(cellState));
      const [finished, nextInputs, nextState] = helper.next_inputs(
        time,
        outputs,
        asState(cellState),
        ids,
      );
      return [new BasicDecoderOutput(outputs, ids), nextState, nextInputs, finished];
    });
  }
}
