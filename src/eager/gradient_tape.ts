/** A gradient tape: records what is computed, in eager mode or in a graph, and differentiates it afterwards. */

import { type ContextManager, scoped } from '../core/context.ts';
import { toTensor } from '../core/convert.ts';
import { RuntimeError, withHint } from '../core/errors.ts';
import type { IndexedSlices } from '../core/indexed_slices.ts';
import { Operand } from '../core/operand.ts';
import { type Recorder, startRecording, stopRecording } from '../core/recorder.ts';
import { type ArgsOf, isPlainObject, signature } from '../core/signature.ts';
import type { Node, Tensor, TensorLike } from '../core/tensor.ts';
import { Adjoints, backprop, isTrainable, type Walk } from '../gradients/backprop.ts';
import { ones_like } from '../ops/array.ts';

const tapeArguments = signature(['persistent'], (persistent: boolean = false) => ({ persistent }));

/** What gradients are asked for: one thing, or lists, objects and Maps of them. */
export type Sources =
  | TensorLike
  | readonly Sources[]
  | ReadonlyMap<unknown, Sources>
  | { readonly [key: string]: Sources };

/** The same structure with a gradient for each source. */
export type SourceGradients<S> = S extends Operand
  ? Tensor | null
  : S extends ReadonlyMap<infer K, infer V>
    ? Map<K, SourceGradients<V>>
    : S extends readonly unknown[]
      ? { -readonly [K in keyof S]: SourceGradients<S[K]> }
      : S extends object
        ? { [K in keyof S]: SourceGradients<S[K]> }
        : Tensor | null;

/** What is differentiated: a tensor, or a structure of tensors whose gradients are added. */
type Target = TensorLike | readonly TensorLike[];
type OutputGradients = TensorLike | readonly (TensorLike | null)[] | null;

const gradientArguments = signature(
  ['target', 'sources', 'output_gradients'],
  (target: Target, sources: Sources, output_gradients: OutputGradients = null) => ({
    target,
    sources,
    output_gradients,
  }),
  { name: 'gradient', objects: ['sources'] },
);

/** Records operations for automatic differentiation: `tf.with(new tf.GradientTape(), (tape) => ...)`. */
export class GradientTape implements ContextManager<GradientTape>, Recorder {
  private readonly persistent: boolean;
  private nodes: Node[] | null = [];
  /** Tensors that depend on what is watched. */
  private readonly watched = new Set<Tensor>();

  /** A `persistent` tape may be asked for gradients more than once. */
  constructor(...args: ArgsOf<typeof tapeArguments>) {
    this.persistent = tapeArguments(...args).persistent;
  }

  /** Starts recording. */
  enter(): this {
    startRecording(this);
    return this;
  }

  /** Stops recording. */
  exit(): void {
    stopRecording(this);
  }

  /** Makes the tape record what is computed from `tensor`; trainable variables are watched anyway. */
  watch(tensor: TensorLike | readonly TensorLike[]): void {
    const list = Array.isArray(tensor) ? (tensor as readonly TensorLike[]) : [tensor as TensorLike];
    for (const item of list) this.watched.add(sourceTensor(item));
  }

  /** The variables among what is watched, in the order in which they were first used. */
  watched_variables(): Operand[] {
    return [...this.watched].flatMap(({ handleData }) => handleData?.variable ?? []);
  }

  /** Forgets all that was recorded and watched, as if the tape had only now been entered. */
  reset(): void {
    this.nodes = [];
    this.watched.clear();
  }

  /** A context manager whose operations this tape does not record. */
  stop_recording(): ContextManager<void> {
    return scoped(() => {
      const wasRecording = stopRecording(this);
      return [undefined, () => (wasRecording ? startRecording(this) : undefined)];
    });
  }

  /** @internal */
  record(node: Node): void {
    if (this.nodes === null) return;
    const depends = node.inputs.some(
      (input) => this.watched.has(input) || isTrainableHandle(input),
    );
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
    target: Target,
    sources: S,
    output_gradients?: OutputGradients | { readonly output_gradients?: OutputGradients },
  ): SourceGradients<S>;
  gradient<const S extends Sources>(
    target: Target,
    keywords: { readonly sources: S; readonly output_gradients?: OutputGradients },
  ): SourceGradients<S>;
  gradient<const S extends Sources>(keywords: {
    readonly target: Target;
    readonly sources: S;
    readonly output_gradients?: OutputGradients;
  }): SourceGradients<S>;
  gradient(...args: unknown[]): unknown {
    const call = gradientArguments(...(args as ArgsOf<typeof gradientArguments>));
    const targets = listOf(call.target).map((target) => toTensor(target));
    const seeds = seedsOf(call.target, call.output_gradients);
    const flat = flatten(call.sources).map(sourceTensor);
    const found = this._gradients(targets, flat, seeds);
    let at = 0;
    return rebuild(call.sources, () => found[at++]!);
  }

  /** Gradients by a flat list of sources; those of lookups stay IndexedSlices. @internal */
  _gradients(
    targets: readonly Tensor[],
    sources: readonly Tensor[],
    seeds: readonly (TensorLike | null)[] | null,
  ): (Tensor | IndexedSlices | null)[] {
    if (this.nodes === null) {
      throw new RuntimeError(
        withHint(
          'GradientTape.gradient can only be called once on non-persistent tapes.',
          'Ask for all sources in one call, or make the tape persistent: new tf.GradientTape({ persistent: true }).',
        ),
      );
    }
    const nodes = this.nodes;
    if (!this.persistent) {
      this.nodes = null;
      this.exit();
    }
    const adjoints = new Adjoints();
    targets.forEach((target, i) => {
      const given = seeds?.[i] ?? null;
      adjoints.add(target, given === null ? ones_like(target) : toTensor(given, target.dtype));
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
function sourceTensor(source: unknown): Tensor {
  return source instanceof Operand
    ? source._toTensor(null, null, true)
    : toTensor(source as TensorLike);
}

/** One weight per target. A list beside a target that is none is that target's weight, unless it holds its tensor. */
function seedsOf(target: Target, given: OutputGradients): readonly (TensorLike | null)[] | null {
  if (given === null) return null;
  if (Array.isArray(target) || (Array.isArray(given) && given[0] instanceof Operand))
    return listOf(given) as readonly (TensorLike | null)[];
  return [given as TensorLike];
}

function listOf<T>(values: T | readonly T[]): readonly T[] {
  return Array.isArray(values) ? (values as readonly T[]) : [values as T];
}

/** The members of a structure in order. @internal */
export function flatten(structure: unknown): unknown[] {
  if (Array.isArray(structure)) return structure.flatMap(flatten);
  if (structure instanceof Map) return [...structure.values()].flatMap(flatten);
  if (isPlainObject(structure)) return Object.values(structure).flatMap(flatten);
  return [structure];
}

/** The structure again, each member replaced by the next of `next`; a namedtuple keeps its class. @internal */
export function rebuild(structure: unknown, next: () => unknown): unknown {
  if (Array.isArray(structure)) {
    const members = structure.map((member: unknown) => rebuild(member, next));
    const make = structure.constructor as new (...members: unknown[]) => unknown;
    return '_fields' in make ? new make(...members) : members;
  }
  if (structure instanceof Map)
    return new Map([...structure].map(([key, member]) => [key, rebuild(member, next)]));
  if (isPlainObject(structure)) {
    return Object.fromEntries(
      Object.entries(structure).map(([key, member]) => [key, rebuild(member, next)]),
    );
  }
  return next();
}
