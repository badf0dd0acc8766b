/** A gradient tape: records what eager code computes, and differentiates it afterwards. */

import { toTensor } from '../core/convert.ts';
import type { ContextManager } from '../core/context.ts';
import { RuntimeError } from '../core/errors.ts';
import type { IndexedSlices } from '../core/indexed_slices.ts';
import { Operand } from '../core/operand.ts';
import { signature } from '../core/signature.ts';
import type { Node, Tensor, TensorLike } from '../core/tensor.ts';
import { Adjoints, backprop, isTrainable, type Walk } from '../gradients/backprop.ts';
import { ones_like } from '../ops/array.ts';
import { eagerMode, type Recorder } from './eager_mode.ts';

const tapeArguments = signature(['persistent'], (persistent: boolean = false) => ({ persistent }));

/** What gradients are asked for: one thing or a nesting of lists and objects. */
type Sources = TensorLike | readonly Sources[] | { readonly [key: string]: Sources };
type SourceGradients<S> = S extends Operand
  ? Tensor | null
  : S extends readonly unknown[]
    ? { -readonly [K in keyof S]: SourceGradients<S[K]> }
    : S extends object
      ? { [K in keyof S]: SourceGradients<S[K]> }
      : Tensor | null;

/** Records operations for automatic differentiation: `tf.with(new tf.GradientTape(), (tape) => ...)`. */
export class GradientTape implements ContextManager<GradientTape>, Recorder {
  private readonly persistent: boolean;
  private nodes: Node[] | null = [];
  /** Tensors that depend on what is watched. */
  private readonly watched = new Set<Tensor>();

  /** A `persistent` tape may be asked for gradients more than once. */
  constructor(...args: Parameters<typeof tapeArguments>) {
    this.persistent = tapeArguments(...args).persistent;
  }

  /** Starts recording. */
  enter(): this {
    eagerMode.startRecording(this);
    return this;
  }

  /** Stops recording. */
  exit(): void {
    eagerMode.stopRecording(this);
  }

  /** Makes the tape record what is computed from `tensor`; trainable variables are watched anyway. */
  watch(tensor: TensorLike | readonly TensorLike[]): void {
    for (const item of Array.isArray(tensor) ? (tensor as readonly TensorLike[]) : [tensor as TensorLike]) {
      this.watched.add(sourceTensor(item));
    }
  }

  /** The variables among what is watched, in the order in which they were first used. */
  watched_variables(): Operand[] {
    return [...this.watched].flatMap(({ handleData }) => handleData?.variable ?? []);
  }

  /** @internal */
  record(node: Node): void {
    if (this.nodes === null) return;
    const depends = node.inputs.some((input) => this.watched.has(input) || isTrainableHandle(input));
    if (!depends) return;
    for (const input of node.inputs) if (isTrainableHandle(input)) this.watched.add(input);
    for (const output of node.outputs) if (isTrainable(output)) this.watched.add(output);
    this.nodes.push(node);
  }

  /**
   * The gradient of `target` with respect to `sources`, in the structure of `sources`; `null` where
   * it does not depend on one. `output_gradients` weighs the target. RuntimeError when a tape that is
   * not persistent is asked again.
   */
  gradient<const S extends Sources>(
    target: TensorLike | readonly TensorLike[],
    sources: S,
    output_gradients: TensorLike | readonly (TensorLike | null)[] | null = null,
  ): SourceGradients<S> {
    const targets = (Array.isArray(target) ? target : [target]).map((t) => toTensor(t as TensorLike));
    const seeds = output_gradients === null ? null : Array.isArray(output_gradients) ? output_gradients : [output_gradients];
    const flat: Tensor[] = [];
    collect(sources, flat);
    const found = this._gradients(targets, flat, seeds as readonly (TensorLike | null)[] | null);
    let at = 0;
    return rebuild(sources, () => found[at++]!) as SourceGradients<S>;
  }

  /** Gradients by a flat list of sources; those of lookups stay IndexedSlices. @internal */
  _gradients(
    targets: readonly Tensor[],
    sources: readonly Tensor[],
    seeds: readonly (TensorLike | null)[] | null,
  ): (Tensor | IndexedSlices | null)[] {
    if (this.nodes === null) {
      throw new RuntimeError('GradientTape.gradient can only be called once on non-persistent tapes.');
    }
    const nodes = this.nodes;
    if (!this.persistent) {
      this.nodes = null;
      this.exit();
    }
    const adjoints = new Adjoints();
    targets.forEach((target, i) => {
      adjoints.add(target, seeds?.[i] == null ? ones_like(target) : toTensor(seeds[i]!, target.dtype));
    });
    backprop([...nodes].reverse(), adjoints, this.walk());
    return sources.map((source) => adjoints.sum(source) as Tensor | IndexedSlices | null);
  }

  private walk(): Walk {
    return {
      wanted: (tensor) => this.watched.has(tensor) && isTrainable(tensor),
      stops: () => false,
      around: (_node, body) => body(),
    };
  }
}

/** Whether a tensor is the handle of a trainable variable. */
function isTrainableHandle(tensor: Tensor): boolean {
  return tensor.handleData?.trainable ?? false;
}

/** The tensor a source's gradient arrives at: for a variable its handle. */
function sourceTensor(source: TensorLike): Tensor {
  return source instanceof Operand ? source._toTensor(null, null, true) : toTensor(source);
}

function collect(sources: Sources, flat: Tensor[]): void {
  if (sources instanceof Operand) flat.push(sourceTensor(sources));
  else if (Array.isArray(sources)) for (const source of sources) collect(source, flat);
  else for (const source of Object.values(sources as Record<string, Sources>)) collect(source, flat);
}

function rebuild(sources: unknown, next: () => unknown): unknown {
  if (sources instanceof Operand) return next();
  if (Array.isArray(sources)) return sources.map((source) => rebuild(source, next));
  return Object.fromEntries(Object.entries(sources as object).map(([key, source]) => [key, rebuild(source, next)]));
}
