/**
 * Tensor arrays: write-once lists of tensors that live as long as the run. The array that collects
 * an array's gradients adds what is written to the same place.
 */

import { compatible, dimsText, isFullyDefined, mergeDims } from '../core/dims.ts';
import type { DType } from '../core/dtype.ts';
import type { KernelContext, Releasable, Value } from '../core/kernels.ts';
import type { Dims } from '../core/tensor.ts';
import { invalid, shapeText } from './host/box.ts';
import { kernelOf } from './registry.ts';
import type { BackendValue } from './value.ts';

/** One place of an array. */
interface Place {
  /** `null` where nothing was written, zeros were, or a read took it away. */
  value: BackendValue | null;
  shape: readonly number[] | null;
  written: boolean;
  read: boolean;
  cleared: boolean;
}

interface ArrayParts {
  readonly name: string;
  readonly dtype: DType;
  readonly elementShape: Dims;
  readonly size: number;
  readonly dynamic: boolean;
  readonly clears: boolean;
  readonly identical: boolean;
  readonly isGradient: boolean;
}

const empty = (shape: readonly number[] | null): Place => ({
  value: null,
  shape,
  written: false,
  read: false,
  cleared: false,
});

/** What a handle of a tensor array points to. */
export class TensorArrayStore implements Releasable {
  readonly name: string;
  readonly dtype: DType;
  elementShape: Dims;
  /** The arrays that collect gradients for this one, by the call of `tf.gradients` they serve. */
  readonly gradients = new Map<string, TensorArrayStore>();
  private readonly places: Place[];
  private dynamic: boolean;
  private readonly clears: boolean;
  private readonly identical: boolean;
  private readonly isGradient: boolean;
  private closed = false;

  constructor(parts: ArrayParts) {
    this.name = parts.name;
    this.dtype = parts.dtype;
    this.elementShape = parts.elementShape;
    this.dynamic = parts.dynamic;
    this.clears = parts.clears;
    this.identical = parts.identical;
    this.isGradient = parts.isGradient;
    this.places = Array.from({ length: parts.size }, () => empty(null));
  }

  get size(): number {
    this.checkOpen();
    return this.places.length;
  }

  get resizes(): boolean {
    return this.dynamic;
  }

  /** Keeps `value` at `index`, which the caller hands over. */
  write(index: number, value: BackendValue, context: KernelContext): void {
    let place: Place;
    try {
      place = this.placeFor(index, value);
    } catch (error) {
      value.release();
      throw error;
    }
    if (place.value !== null) {
      const sum = kernelOf('AddN')!([place.value, value], {}, context) as BackendValue;
      place.value.release();
      value.release();
      place.value = sum;
    } else place.value = value;
    place.shape = value.shape;
    place.written = true;
  }

  /** The place at `index`, into which `value` may be written. */
  private placeFor(index: number, value: BackendValue): Place {
    this.checkOpen();
    if (index < 0 || (!this.dynamic && index >= this.places.length)) {
      this.refuse(
        `Tried to write to index ${index} but array is not resizeable and size is: ${this.places.length}`,
      );
    }
    while (this.places.length <= index) this.places.push(empty(null));
    const place = this.places[index]!;
    this.checkWrite(index, place, value);
    return place;
  }

  private checkWrite(index: number, place: Place, { shape }: Value): void {
    const here = `Could not write to TensorArray index ${index} because`;
    if (!compatible(this.elementShape, shape)) {
      this.refuse(
        `${here} the value shape is ${shapeText(shape)} which is incompatible with the TensorArray's inferred element shape: ${elementText(this.elementShape)} (consider setting infer_shape=False).`,
      );
    }
    if (this.identical && !isFullyDefined(this.elementShape)) this.elementShape = [...shape];
    if (place.read) this.refuse(`${here} it has already been read.`);
    if (!place.written) return;
    if (!this.isGradient) this.refuse(`${here} it has already been written to.`);
    if (shapeText(place.shape!) !== shapeText(shape)) {
      this.refuse(
        `Could not aggregate to TensorArray index ${index} because the existing shape is ${shapeText(place.shape!)} but the new input shape is ${shapeText(shape)}.`,
      );
    }
  }

  /** The value at `index`; the caller releases it. Gradients that nobody wrote are zeros. */
  read(index: number, context: KernelContext): BackendValue {
    this.checkOpen();
    if (index < 0 || (!this.isGradient && index >= this.places.length)) {
      invalid(`Tried to read from index ${index} but array size is: ${this.places.length}`);
    }
    const place = this.places[index];
    if (!place?.written) return this.readUnwritten(index, context);
    if (place.cleared) {
      this.refuse(
        `Could not read index ${index} twice because it was cleared after a previous read (perhaps try setting clear_after_read = false?).`,
      );
    }
    return this.take(place, context);
  }

  private readUnwritten(index: number, context: KernelContext): BackendValue {
    const known = this.places[index]?.shape ?? this.elementShape;
    if (!isFullyDefined(known)) {
      this.refuse(
        `Could not read from TensorArray index ${index}.  Furthermore, the element shape is not fully defined: ${elementText(known)}.  It is possible you are working with a resizeable TensorArray and stop_gradients is not allowing the gradients to be written.  If you set the full element_shape property on the forward TensorArray, the proper all-zeros tensor will be returned instead of incurring this error.`,
      );
    }
    while (this.places.length <= index) this.places.push({ ...empty(known), written: true });
    const place = this.places[index]!;
    place.shape = known;
    place.written = true;
    return this.take(place, context);
  }

  private take(place: Place, context: KernelContext): BackendValue {
    const value = place.value ?? (context.zeros(this.dtype, place.shape!) as BackendValue);
    place.read = true;
    place.value = this.clears ? null : value.view(value.shape);
    if (this.clears) place.cleared = true;
    return value;
  }

  /** The array that collects gradients for `source`, made at first use with this one's final size. */
  gradient(source: string, context: KernelContext): TensorArrayStore {
    this.checkOpen();
    const known = this.gradients.get(source);
    if (known) return known;
    this.dynamic = false;
    const made = new TensorArrayStore({
      name: `${this.name}@${source}`,
      dtype: this.dtype,
      elementShape: this.elementShape,
      size: this.places.length,
      dynamic: false,
      clears: true,
      identical: this.identical,
      isGradient: true,
    });
    this.places.forEach(({ shape }, i) => {
      made.places[i]!.shape = shape;
    });
    this.gradients.set(source, made);
    context.untilRunEnds(made);
    return made;
  }

  merge(elementShape: Dims): void {
    this.elementShape = mergeDims(this.elementShape, elementShape);
  }

  /** Gives the elements' memory back. */
  release(): void {
    for (const place of this.places) {
      place.value?.release();
      place.value = null;
    }
    this.places.length = 0;
  }

  close(): void {
    this.release();
    this.closed = true;
  }

  private checkOpen(): void {
    if (this.closed) invalid(`TensorArray ${this.name} has already been closed.`);
  }

  private refuse(why: string): never {
    return invalid(`TensorArray ${this.name}: ${why}`);
  }
}

/** A partial shape as TensorFlow's messages show it. */
export function elementText(dims: Dims): string {
  return dims === null ? '<unknown>' : dimsText(dims);
}
