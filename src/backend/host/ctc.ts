/**
 * Connectionist temporal classification. The loss sums over all alignments by the forward and backward
 * variables of Graves' thesis (chapter 7), in double precision and the log domain.
 */

import { float32, int64, type TypedArray } from '../../core/dtype.ts';
import { FailedPreconditionError } from '../../core/errors.ts';
import type { KernelContext, Value } from '../../core/kernels.ts';
import { kernel } from '../registry.ts';
import { ints, invalid, numbers, shapeText } from './box.ts';
import { bestPrefixes } from './ctc_beam.ts';
import { logAdd, logSoftmaxes } from './log_domain.ts';

/** The logits of one sequence of the batch: `steps` rows of `classes`. */
function sequenceOf(inputs: Value, b: number, steps: number): Float64Array {
  const [, batch, classes] = inputs.shape as [number, number, number];
  const x = inputs.data as TypedArray;
  const rows = new Float64Array(steps * classes);
  for (let t = 0; t < steps; t++) {
    for (let c = 0; c < classes; c++) rows[t * classes + c] = x[(t * batch + b) * classes + c]!;
  }
  return rows;
}

// ---- the loss ----------------------------------------------------------------------------------

/** The labels of each sequence. InvalidArgumentError for indices outside the batch or out of order. */
function labelsOf(indices: Value, values: Value, batch: number): number[][] {
  const [rows, width] = indices.shape as [number, number];
  if (rows !== values.shape[0]) {
    const shapes = `${shapeText(indices.shape)} vs. ${shapeText(values.shape)}`;
    invalid(
      `labels_indices and labels_values must contain the same number of rows, but saw shapes: ${shapes}`,
    );
  }
  const [at, labels] = [ints(indices), ints(values)];
  const columns = Array.from({ length: rows }, (_, i) => at[i * width + 1]!);
  const longest = Math.max(0, ...columns.map((column) => column + 1));
  const result = Array.from({ length: batch }, (): number[] => []);
  labels.forEach((label, i) => {
    const [b, column] = [at[i * width]!, columns[i]!];
    const place = `label SparseTensor is not valid: indices[${i}] = [${b},${column}]`;
    if (b < 0 || b >= batch || column < 0) {
      invalid(`${place} is out of bounds: need 0 <= index < [${batch},${longest}]`);
    }
    const order = i === 0 ? 1 : b - at[(i - 1) * width]! || column - columns[i - 1]!;
    if (order < 0) invalid(`${place} is out of order`);
    if (order === 0) invalid(`${place} is repeated`);
    result[b]!.push(label);
  });
  return result;
}

/** The labels with blanks around each. InvalidArgumentError for labels that no alignment could give. */
function withBlanks(label: readonly number[], b: number, classes: number, collapse: boolean) {
  if (label.length === 0) invalid(`Labels length is zero in batch ${b}`);
  const blank = classes - 1;
  const kept: number[] = [];
  let ended = false;
  label.forEach((one, i) => {
    if (collapse && i > 0 && one === label[i - 1]) return;
    if (one >= blank) {
      ended = true;
      return;
    }
    if (ended) {
      invalid(
        `Saw a non-null label (index >= num_classes - 1) following a null label, batch: ${b} num_classes: ${classes} labels: ${label.join(',')} labels seen so far: ${kept.join(',')}`,
      );
    }
    kept.push(one);
  });
  if (kept.some((one) => one < 0)) {
    invalid(`All labels must be nonnegative integers, batch: ${b} labels: ${kept.join(',')}`);
  }
  return [...kept.flatMap((one) => [blank, one]), blank];
}

/** The states that come before state `u` in one step: itself, the one before, and past a blank. */
function before(states: readonly number[], u: number, blank: number, merge: boolean): number[] {
  const isBlank = states[u] === blank;
  const from: number[] = merge || isBlank ? [u] : [];
  if (u > 0) from.push(u - 1);
  if (u > 1 && !isBlank && !(merge && states[u] === states[u - 2])) from.push(u - 2);
  return from;
}

/** log p(labels | inputs); for each step and class, the log of the share that passes it is in `shares`. */
function align(logs: Float64Array, states: readonly number[], classes: number, merge: boolean) {
  const steps = logs.length / classes;
  const count = states.length;
  const from = states.map((_, u) => before(states, u, classes - 1, merge));
  const log = (t: number, u: number) => logs[t * classes + states[u]!]!;
  const alpha = new Float64Array(steps * count).fill(-Infinity);
  for (let u = 0; u < Math.min(2, count); u++) alpha[u] = log(0, u);
  for (let t = 1; t < steps; t++) {
    const past = (t - 1) * count;
    for (let u = 0; u < count; u++) {
      const sum = from[u]!.reduce((s, v) => logAdd(s, alpha[past + v]!), -Infinity);
      alpha[t * count + u] = sum + log(t, u);
    }
  }
  const beta = new Float64Array(steps * count).fill(-Infinity);
  for (let u = Math.max(0, count - 2); u < count; u++) beta[(steps - 1) * count + u] = 0;
  for (let t = steps - 2; t >= 0; t--) {
    const next = (t + 1) * count;
    for (let u = 0; u < count; u++) {
      const after = beta[next + u]! + log(t + 1, u);
      for (const v of from[u]!) beta[t * count + v] = logAdd(beta[t * count + v]!, after);
    }
  }
  const shares = new Float64Array(steps * classes).fill(-Infinity);
  for (let t = 0; t < steps; t++) {
    for (let u = 0; u < count; u++) {
      const i = t * classes + states[u]!;
      shares[i] = logAdd(shares[i]!, alpha[t * count + u]! + beta[t * count + u]!);
    }
  }
  let total = -Infinity;
  for (let u = 0; u < count; u++) total = logAdd(total, alpha[u]! + beta[u]!);
  return { total, shares };
}

function checkLengths(lengths: readonly number[], steps: number, batch: number): void {
  if (lengths.length !== batch) {
    invalid(
      `len(sequence_length) != batch_size.  len(sequence_length):  ${lengths.length} batch_size: ${batch}`,
    );
  }
  lengths.forEach((length, b) => {
    if (length > steps) invalid(`sequence_length(${b}) <= ${steps}`);
  });
  lengths.forEach((length, b) => {
    if (length < 0) invalid(`seq_len(${b}) < 0`);
  });
}

kernel('CTCLoss', ([inputs, indices, values, sequence_length], attrs, context) => {
  const [steps, batch, classes] = inputs!.shape as [number, number, number];
  const labels = labelsOf(indices!, values!, batch);
  const lengths = ints(sequence_length!);
  checkLengths(lengths, steps, batch);
  const ignore = attrs.ignore_longer_outputs_than_inputs as boolean;
  const states = labels.map((label, b) => {
    const made = withBlanks(label, b, classes, attrs.preprocess_collapse_repeated as boolean);
    if (!ignore && label.length > lengths[b]!) {
      invalid(
        `Not enough time for target transition sequence (required: ${label.length}, available: ${lengths[b]})${b}You can turn this error into a warning by using the flag ignore_longer_outputs_than_inputs`,
      );
    }
    return made;
  });
  const loss = context.zeros(float32, [batch]);
  const gradient = context.zeros(float32, inputs!.shape);
  const slopes = gradient.data as Float32Array;
  for (let b = 0; b < batch; b++) {
    const length = lengths[b]!;
    if (length === 0 || (ignore && labels[b]!.length > length)) continue;
    const logs = logSoftmaxes(sequenceOf(inputs!, b, length), classes);
    const { total, shares } = align(logs, states[b]!, classes, attrs.ctc_merge_repeated as boolean);
    (loss.data as Float32Array)[b] = -total;
    logs.forEach((log, i) => {
      const share = total === -Infinity ? 0 : Math.exp(shares[i]! - total);
      const [t, c] = [Math.floor(i / classes), i % classes];
      slopes[(t * batch + b) * classes + c] = Math.exp(log) - share;
    });
  }
  return [loss, gradient];
});

// ---- decoders ----------------------------------------------------------------------------------

/** The lengths, as the decoders check them. */
function decodedLengths(inputs: Value, sequence_length: Value): number[] {
  const [steps, batch] = inputs.shape as [number, number];
  const lengths = ints(sequence_length);
  const refuse = (message: string) => {
    throw new FailedPreconditionError(null, null, message);
  };
  if (steps === 0) invalid('max_time is 0');
  if (lengths.length !== batch) {
    refuse(
      `len(sequence_length) != batch_size.  len(sequence_length):  ${lengths.length} batch_size: ${batch}`,
    );
  }
  lengths.forEach((length, b) => {
    if (length > steps) refuse(`sequence_length(${b}) <= ${steps}`);
  });
  return lengths;
}

/** Sequences as the three parts of a sparse tensor. */
function sparse(context: KernelContext, sequences: readonly (readonly number[])[]): Value[] {
  const indices = sequences.flatMap((sequence, b) => sequence.flatMap((_, i) => [b, i]));
  const values = sequences.flat();
  const longest = Math.max(0, ...sequences.map((sequence) => sequence.length));
  return [
    numbers(context, int64, indices, [values.length, 2]),
    numbers(context, int64, values),
    numbers(context, int64, [sequences.length, longest]),
  ];
}

kernel('CTCGreedyDecoder', ([inputs, sequence_length], { merge_repeated }, context) => {
  const [, , classes] = inputs!.shape as [number, number, number];
  const lengths = decodedLengths(inputs!, sequence_length!);
  const scores: number[] = [];
  const sequences = lengths.map((length, b) => {
    const logits = sequenceOf(inputs!, b, Math.max(0, length));
    const sequence: number[] = [];
    let [score, previous] = [0, -1];
    for (let t = 0; t < length; t++) {
      const row = logits.subarray(t * classes, (t + 1) * classes);
      const best = row.reduce((top, x, c) => (x > row[top]! ? c : top), 0);
      score -= row[best]!;
      if (best !== classes - 1 && !(merge_repeated && best === previous)) sequence.push(best);
      previous = best;
    }
    scores.push(score);
    return sequence;
  });
  const score = numbers(context, float32, scores, [lengths.length, 1]);
  return [...sparse(context, sequences), score];
});

kernel('CTCBeamSearchDecoder', ([inputs, sequence_length], attrs, context) => {
  const { beam_width, top_paths, merge_repeated } = attrs as {
    readonly beam_width: number;
    readonly top_paths: number;
    readonly merge_repeated: boolean;
  };
  const [, , classes] = inputs!.shape as [number, number, number];
  const lengths = decodedLengths(inputs!, sequence_length!);
  const found = lengths.map((length, b) => {
    const logs = logSoftmaxes(sequenceOf(inputs!, b, Math.max(0, length)), classes);
    const leaves = bestPrefixes(logs, classes, beam_width);
    if (top_paths > beam_width) invalid('requested more paths than the beam width.');
    if (top_paths > leaves.length) invalid('Less leaves in the beam search than requested.');
    return leaves.slice(0, top_paths);
  });
  const paths = Array.from({ length: top_paths }, (_, p) =>
    sparse(
      context,
      found.map((leaves) => leaves[p]!.labels(merge_repeated)),
    ),
  );
  const scores = found.flatMap((leaves) => leaves.map((leaf) => leaf.total));
  return [
    ...paths.map(([indices]) => indices!),
    ...paths.map(([, values]) => values!),
    ...paths.map(([, , shape]) => shape!),
    numbers(context, float32, scores, [lengths.length, top_paths]),
  ];
});
