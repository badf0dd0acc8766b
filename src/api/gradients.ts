/** Derivatives, in graph and in eager mode. */

export { IndexedSlices } from '../core/indexed_slices.ts';
export { GradientTape } from '../eager/gradient_tape.ts';
export { custom_gradient } from '../gradients/custom_gradient.ts';
export { AggregationMethod, gradients, hessians } from '../gradients/gradients.ts';
export {
  NotDifferentiable,
  NotDifferentiable as NoGradient,
  RegisterGradient,
} from '../gradients/registry.ts';
