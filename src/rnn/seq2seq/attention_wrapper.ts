/** A cell that looks at a memory: its inputs get what it attended to before, its output is weighed against the memory. */

import { toTensor } from '../../core/convert.ts';
import { as_dtype, type DType, int32 } from '../../core/dtype.ts';
import { ValueError } from '../../core/errors.ts';
import { controlDependencies, executing_eagerly, nameScope } from '../../core/mode.ts';
import { namedtuple } from '../../core/namedtuple.ts';
import { flatten, mapLeaves } from '../../core/nest.ts';
import { TensorShape } from '../../core/shape.ts';
import { type ArgsOf, signature } from '../../core/signature.ts';
import { Tensor, type TensorLike } from '../../core/tensor.ts';
import type { Inputs } from '../../layers/base.ts';
import { Dense } from '../../layers/core.ts';
import { concat, expand_dims, identity, squeeze, zeros } from '../../ops/array.ts';
import { assert_equal } from '../../ops/assertions.ts';
import { plus } from '../../ops/infix.ts';
import { matmul } from '../../ops/linear.ts';
import { TensorArray } from '../../ops/tensor_array.ts';
import { assertCell, RNNCell, type Step } from '../cell.ts';
import { asState, type Size, type State, type StateLike, zeroState } from '../state.ts';
import { AttentionMechanism } from './attention.ts';
import { mapTogether, sizeAlong } from './structure.ts';

const FIELDS = [
  'cell_state',
  'attention',
  'time',
  'alignments',
  'alignment_history',
  'attention_state',
] as const;
type Parts = Readonly<Record<(typeof FIELDS)[number], unknown>>;
type StateClass = new (...members: unknown[]) => object;

/** What a state of an AttentionWrapper shows. */
export interface AttentionWrapperState extends Iterable<unknown> {
  readonly length: number;
  readonly [index: number]: unknown;
  /** The state of the cell. */
  readonly cell_state: State;
  /** What was attended to: `[batch, size]`. */
  readonly attention: Tensor;
  /** The number of steps so far. */
  readonly time: Tensor;
  /** The weights of the memory's places: `[batch, places]`, a list for a list of mechanisms. */
  readonly alignments: Tensor;
  /** The weights of all steps, if they are kept. */
  readonly alignment_history: TensorArray;
  readonly attention_state: Tensor;
}

/** The state of an AttentionWrapper. */
export class AttentionWrapperState extends (namedtuple(
  'AttentionWrapperState',
  FIELDS,
) as StateClass) {
  /** A state with other members, which keep the static shapes of these. ValueError where they do not fit. */
  clone(given: Partial<Parts>): AttentionWrapperState {
    const members = FIELDS.map((field) =>
      field in given ? mapTogether(withShape, given[field], this[field]) : this[field],
    );
    return new AttentionWrapperState(...members);
  }
}

/** A tensor with the static shape of the one that it replaces. */
function withShape(next: unknown, old: unknown): unknown {
  if (!(next instanceof Tensor && old instanceof Tensor)) return next;
  if (!next.shape.is_compatible_with(old.shape)) {
    throw new ValueError(
      `The shape of the AttentionWrapperState is expected to be same as the one to clone. self.shape: ${old.shape}, input.shape: ${next.shape}`,
    );
  }
  if (!executing_eagerly()) next.set_shape(old.shape);
  return next;
}

type InputFunction = (inputs: Tensor, attention: Tensor) => TensorLike;
type Many<T> = T | readonly T[];

const wrapperArguments = signature(
  [
    'cell',
    'attention_mechanism',
    'attention_layer_size',
    'alignment_history',
    'cell_input_fn',
    'output_attention',
    'initial_cell_state',
    'name',
  ],
  (
    cell: RNNCell,
    attention_mechanism: Many<AttentionMechanism>,
    attention_layer_size: Many<number> | null = null,
    alignment_history: boolean = false,
    cell_input_fn: InputFunction | null = null,
    output_attention: boolean = true,
    initial_cell_state: StateLike | null = null,
    name: string | null = null,
  ) => ({
    cell,
    attention_mechanism,
    attention_layer_size,
    alignment_history,
    cell_input_fn: cell_input_fn ?? besides,
    output_attention,
    initial_cell_state,
    name,
  }),
  { objects: ['initial_cell_state'] },
);

/** The inputs and the attention side by side. */
const besides: InputFunction = (inputs, attention) => concat([inputs, attention], -1);

function mechanismsOf(given: Many<AttentionMechanism>): readonly AttentionMechanism[] {
  const list = Array.isArray(given) ? (given as AttentionMechanism[]) : null;
  const wrong = [given].flat().find((one) => !(one instanceof AttentionMechanism));
  if (wrong === undefined) return list ?? [given as AttentionMechanism];
  throw new TypeError(
    list === null
      ? `attention_mechanism must be an AttentionMechanism or list of multiple AttentionMechanism instances, saw type: ${typeof wrong}`
      : `attention_mechanism must contain only instances of AttentionMechanism, saw type: ${typeof wrong}`,
  );
}

function layersOf(
  sizes: Many<number> | null,
  mechanisms: readonly AttentionMechanism[],
): readonly Dense[] | null {
  if (sizes === null) return null;
  const list = [sizes].flat();
  if (list.length !== mechanisms.length) {
    throw new ValueError(
      `If provided, attention_layer_size must contain exactly one integer per attention_mechanism, saw: ${list.length} vs ${mechanisms.length}`,
    );
  }
  return list.map((size) => new Dense(size, { name: 'attention_layer', use_bias: false }));
}

/** Why batches that differ are refused. */
const TILING = 'Are you using the BeamSearchDecoder?  You may need to tile your';

/**
 * Wraps a cell with attention: the cell gets its inputs beside the attention of the step before, the
 * mechanism weighs the memory for the output of the cell, and the weighted sum of the memory, or a layer
 * of it beside the output, is the attention: the output too, unless `output_attention` is `false`.
 */
export class AttentionWrapper extends RNNCell {
  private readonly given: ReturnType<typeof wrapperArguments>;
  private readonly mechanisms: readonly AttentionMechanism[];
  private readonly layers: readonly Dense[] | null;
  private readonly attentionSize: number;
  private readonly initialCellState: unknown;

  constructor(...args: ArgsOf<typeof wrapperArguments>) {
    const given = wrapperArguments(...args);
    super({ name: given.name });
    assertCell(given.cell);
    this.given = given;
    this.mechanisms = mechanismsOf(given.attention_mechanism);
    this.layers = layersOf(given.attention_layer_size, this.mechanisms);
    const sizes = this.mechanisms.map(
      (mechanism, i) => this.layers?.[i]?.units ?? mechanism.values.shape.at(-1).value!,
    );
    this.attentionSize = sizes.reduce((a, b) => a + b, 0);
    this.initialCellState = nameScope(given.name, 'AttentionWrapperInit', () =>
      this.checkedInitialState(given.initial_cell_state),
    );
  }

  private checkedInitialState(state: StateLike | null): unknown {
    if (state === null) return null;
    const batch = sizeAlong(flatten(state).at(-1) as Tensor, 0);
    const message = `When constructing AttentionWrapper ${this.name}: Non-matching batch sizes between the memory (encoder output) and initial_cell_state.  ${TILING} initial state via the tf.contrib.seq2seq.tile_batch function with argument multiple=beam_width.`;
    return this.checked(state, batch, message, 'check_initial_cell_state');
  }

  /** `structure`, which fails at run time unless `batch` is the batch size of the memories. */
  private checked(structure: unknown, batch: TensorLike, message: string, name: string): unknown {
    const size = toTensor(batch, int32);
    const checks = this.mechanisms.map((mechanism) =>
      assert_equal(size, toTensor(mechanism.batch_size, int32), { message }),
    );
    return controlDependencies(checks, () =>
      mapLeaves((leaf) => identity(leaf as Tensor, name), structure),
    );
  }

  /** What there is one of per mechanism: alone where the mechanism was given alone. */
  private each(values: readonly unknown[]): unknown {
    return Array.isArray(this.given.attention_mechanism) ? values : values[0];
  }

  override get output_size(): Size {
    return this.given.output_attention ? this.attentionSize : this.given.cell.output_size;
  }

  override get state_size(): Size {
    const sizes = this.mechanisms.map((mechanism) => mechanism.alignments_size);
    return new AttentionWrapperState(
      this.given.cell.state_size,
      this.attentionSize,
      new TensorShape([]),
      this.each(sizes),
      this.each(sizes.map((size) => (this.given.alignment_history ? size : []))),
      this.each(this.mechanisms.map((mechanism) => mechanism.state_size)),
    ) as Size;
  }

  /** A state before the first step; its `cell_state` is `initial_cell_state` if that was given. */
  override zero_state(batch_size: TensorLike, dtype: DType): State & AttentionWrapperState {
    const type = as_dtype(dtype);
    return nameScope('AttentionWrapperZeroState', '', () => {
      const cellState = this.initialCellState ?? this.given.cell.zero_state(batch_size, type);
      const message = `When calling zero_state of AttentionWrapper ${this.name}: Non-matching batch sizes between the memory (encoder output) and the requested batch size.  Are you using the BeamSearchDecoder?  If so, make sure your encoder output has been tiled to beam_width via tf.contrib.seq2seq.tile_batch, and the batch_size= argument passed to zero_state is batch_size * beam_width.`;
      const alignments = this.mechanisms.map((one) => one.initial_alignments(batch_size, type));
      const state: unknown = new AttentionWrapperState(
        this.checked(cellState, batch_size, message, 'checked_cell_state'),
        zeroState(this.attentionSize, batch_size, type),
        zeros([], int32),
        this.each(alignments),
        this.each(alignments.map((first) => this.history(first, type))),
        this.each(this.mechanisms.map((one) => one.initial_state(batch_size, type))),
      );
      return state as State & AttentionWrapperState;
    });
  }

  private history(alignments: Tensor, dtype: DType): unknown {
    if (!this.given.alignment_history) return [];
    return new TensorArray({
      dtype,
      size: 0,
      dynamic_size: true,
      element_shape: alignments.shape,
    });
  }

  override call(inputs: Inputs, state: StateLike): Step {
    if (!(state instanceof AttentionWrapperState)) {
      throw new TypeError(
        `Expected state to be instance of AttentionWrapperState. Received type ${typeof state} instead.`,
      );
    }
    const { cell, cell_input_fn, alignment_history, output_attention } = this.given;
    const [raw, cellState] = cell(
      cell_input_fn(inputs as Tensor, state.attention),
      state.cell_state,
    );
    const message = `When applying AttentionWrapper ${this.name}: Non-matching batch sizes between the memory (encoder output) and the query (decoder output).  ${TILING} memory input via the tf.contrib.seq2seq.tile_batch function with argument multiple=beam_width.`;
    const output = this.checked(raw, sizeAlong(raw, 0), message, 'checked_cell_output') as Tensor;
    const isMulti = Array.isArray(this.given.attention_mechanism);
    const partOf = (part: unknown, i: number) => (isMulti ? (part as unknown[])[i] : part);
    const attended = this.mechanisms.map((mechanism, i) => {
      const [alignments, next] = mechanism.attend(
        output,
        partOf(state.attention_state, i) as Tensor,
      );
      const past = partOf(state.alignment_history, i) as TensorArray;
      const history = alignment_history ? past.write(state.time, alignments) : [];
      return {
        attention: this.attentionOf(mechanism, alignments, output, i),
        alignments,
        next,
        history,
      };
    });
    const attention = concat(
      attended.map((one) => one.attention),
      1,
    );
    const next: unknown = new AttentionWrapperState(
      cellState,
      attention,
      plus(state.time, 1),
      this.each(attended.map((one) => one.alignments)),
      this.each(attended.map((one) => one.history)),
      this.each(attended.map((one) => one.next)),
    );
    return [output_attention ? attention : output, asState(next)];
  }

  /** The weighted sum of the memory, or the layer of it beside the output of the cell. */
  private attentionOf(
    mechanism: AttentionMechanism,
    alignments: Tensor,
    output: Tensor,
    i: number,
  ): Tensor {
    const context = squeeze(matmul(expand_dims(alignments, 1), mechanism.values), [1]);
    return this.layers === null ? context : this.layers[i]!(concat([output, context], 1));
  }
}
