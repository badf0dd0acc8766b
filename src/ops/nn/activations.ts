/** The activation functions of `tf.nn`, and the ops that compute their gradients. */

import { toTensor } from '../../core/convert.ts';
import { mergeDims } from '../../core/dims.ts';
import { nameScope } from '../../core/mode.ts';
import { op } from '../../core/op.ts';
import { fn } from '../../core/signature.ts';
import type { Dims, Name, Static, Tensor, TensorLike } from '../../core/tensor.ts';
import { maximum, multiply } from '../arithmetic.ts';
import { concat, zeros_like } from '../array.ts';
import { to_float } from '../cast.ts';
import { Select } from '../compare.ts';
import { exp, sigmoid } from '../math.ts';

const REAL = 'T: realnumbertype';
const FLOAT = 'T: {half, bfloat16, float, double}';

const ofFeatures = ({ features }: { features: Static }): Dims => features.dims;
const ofBoth = ({ gradients, features }: { gradients: Static; features: Static }): Dims =>
  mergeDims(gradients.dims, features.dims);
const ofOutputs = ({ gradients, outputs }: { gradients: Static; outputs: Static }): Dims =>
  mergeDims(gradients.dims, outputs.dims);

// ---- rectified linear --------------------------------------------------------------------------

export const Relu = op('Relu', {
  inputs: ['features: T'],
  outputs: ['activations: T'],
  attrs: [REAL],
  shape: ofFeatures,
}).gradient((_, [dy], __, { activations }) => ({
  features: ReluGrad({ gradients: dy, features: activations }),
}));

/** Computes rectified linear: `max(features, 0)`. */
export const relu = fn(
  ['features', 'name'],
  (features: TensorLike, name: Name = null): Tensor => Relu({ features }, {}, name),
);

/** The gradient of Relu with respect to its input, which may be given by the output. */
export const ReluGrad = op('ReluGrad', {
  inputs: ['gradients: T', 'features: T'],
  outputs: ['backprops: T'],
  attrs: [REAL],
  shape: ofBoth,
}).gradient(({ features }, [ddx]) => ({
  gradients: ReluGrad({ gradients: ddx, features }),
  features: zeros_like(features),
}));

export const Relu6 = op('Relu6', {
  inputs: ['features: T'],
  outputs: ['activations: T'],
  attrs: [REAL],
  shape: ofFeatures,
}).gradient((_, [dy], __, { activations }) => ({
  features: Relu6Grad({ gradients: dy, features: activations }),
}));

/** Computes rectified linear, cut off at 6: `min(max(features, 0), 6)`. */
export const relu6 = fn(
  ['features', 'name'],
  (features: TensorLike, name: Name = null): Tensor =>
    nameScope(name, 'Relu6', (scope) =>
      Relu6({ features: toTensor(features, null, 'features') }, {}, scope),
    ),
);

/** The gradient of Relu6 with respect to its input, which may be given by the output. */
export const Relu6Grad = op('Relu6Grad', {
  inputs: ['gradients: T', 'features: T'],
  outputs: ['backprops: T'],
  attrs: [REAL],
  shape: ofBoth,
}).gradient(({ features }, [ddx]) => ({
  gradients: Relu6Grad({ gradients: ddx, features }),
  features: zeros_like(features),
}));

export const LeakyRelu = op('LeakyRelu', {
  inputs: ['features: T'],
  outputs: ['activations: T'],
  attrs: ['alpha: float = 0.2', 'T: {half, bfloat16, float, double} = DT_FLOAT'],
  shape: ofFeatures,
}).gradient(({ features }, [dy], { alpha }) => ({
  features: LeakyReluGrad({ gradients: dy, features }, { alpha }),
}));

/** The gradient of LeakyRelu with respect to its input. */
export const LeakyReluGrad = op('LeakyReluGrad', {
  inputs: ['gradients: T', 'features: T'],
  outputs: ['backprops: T'],
  attrs: ['alpha: float = 0.2', 'T: {half, bfloat16, float, double} = DT_FLOAT'],
  shape: ofBoth,
}).gradient(({ features }, [ddx], { alpha }) => ({
  gradients: LeakyReluGrad({ gradients: ddx, features }, { alpha }),
  features: zeros_like(features),
}));

/**
 * Computes `max(alpha * features, features)` (Maas et al. 2013). Integers become float32.
 *
 * @param alpha The slope of the activation function at `x < 0`.
 */
export const leaky_relu = fn(
  ['features', 'alpha', 'name'],
  (features: TensorLike, alpha: TensorLike = 0.2, name: Name = null): Tensor =>
    nameScope(name, 'LeakyRelu', (scope) => {
      let x = toTensor(features, null, 'features');
      if (x.dtype.is_integer) x = to_float(x);
      const slope = toTensor(alpha, x.dtype, 'alpha');
      return maximum(slope.multiply(x), x, scope);
    }),
);

/** Concatenates a Relu of the positive part with a Relu of the negative part (Shang et al. 2016). */
export const crelu = fn(
  ['features', 'name', 'axis'],
  (features: TensorLike, name: Name = null, axis: number = -1): Tensor =>
    nameScope(name, 'CRelu', (scope) => {
      const x = toTensor(features, null, 'features');
      return relu(concat([x, x.negative()], axis, scope));
    }),
);

/** `dy` where `y` is below 0, and 0 elsewhere. */
function belowZero(y: Tensor, dy: Tensor): Tensor {
  return Select({ condition: y.less(0), t: dy, e: zeros_like(y) });
}

// ---- exponential linear ------------------------------------------------------------------------

export const Elu = op('Elu', {
  inputs: ['features: T'],
  outputs: ['activations: T'],
  attrs: [FLOAT],
  shape: ofFeatures,
}).gradient((_, [dy], __, { activations }) => ({
  features: EluGrad({ gradients: dy, outputs: activations }),
}));

/** Computes exponential linear: `exp(features) - 1` if `features < 0`, `features` otherwise. */
export const elu = fn(
  ['features', 'name'],
  (features: TensorLike, name: Name = null): Tensor => Elu({ features }, {}, name),
);

/** The gradient of Elu, from its output. */
export const EluGrad = op('EluGrad', {
  inputs: ['gradients: T', 'outputs: T'],
  outputs: ['backprops: T'],
  attrs: [FLOAT],
  shape: ofOutputs,
}).gradient(({ gradients, outputs }, [ddx]) => ({
  gradients: EluGrad({ gradients: ddx, outputs }),
  outputs: belowZero(outputs, ddx.multiply(gradients)),
}));

export const Selu = op('Selu', {
  inputs: ['features: T'],
  outputs: ['activations: T'],
  attrs: [FLOAT],
  shape: ofFeatures,
}).gradient((_, [dy], __, { activations }) => ({
  features: SeluGrad({ gradients: dy, outputs: activations }),
}));

/** Computes scaled exponential linear: `scale * alpha * (exp(features) - 1)` if `< 0`, `scale * features` otherwise. */
export const selu = fn(
  ['features', 'name'],
  (features: TensorLike, name: Name = null): Tensor => Selu({ features }, {}, name),
);

/** The gradient of Selu, from its output. */
export const SeluGrad = op('SeluGrad', {
  inputs: ['gradients: T', 'outputs: T'],
  outputs: ['backprops: T'],
  attrs: [FLOAT],
  shape: ofOutputs,
}).gradient(({ gradients, outputs }, [ddx]) => ({
  gradients: SeluGrad({ gradients: ddx, outputs }),
  outputs: belowZero(outputs, ddx.multiply(gradients)),
}));

// ---- soft --------------------------------------------------------------------------------------

export const Softplus = op('Softplus', {
  inputs: ['features: T'],
  outputs: ['activations: T'],
  attrs: [REAL],
  shape: ofFeatures,
}).gradient(({ features }, [dy]) => ({
  features: SoftplusGrad({ gradients: dy, features }),
}));

/** Computes softplus: `log(exp(features) + 1)`. */
export const softplus = fn(
  ['features', 'name'],
  (features: TensorLike, name: Name = null): Tensor => Softplus({ features }, {}, name),
);

/** The gradient of Softplus with respect to its input. */
export const SoftplusGrad = op('SoftplusGrad', {
  inputs: ['gradients: T', 'features: T'],
  outputs: ['backprops: T'],
  attrs: [REAL],
  shape: ofBoth,
}).gradient(({ gradients, features }, [ddx]) => {
  // dy / (1 + exp(-x)) has the derivative dy / (exp(-x) + 2 + exp(x)).
  const bell = exp(features.negative()).add(2).add(exp(features));
  return {
    gradients: SoftplusGrad({ gradients: ddx, features }),
    features: ddx.multiply(gradients).div(bell),
  };
});

export const Softsign = op('Softsign', {
  inputs: ['features: T'],
  outputs: ['activations: T'],
  attrs: [REAL],
  shape: ofFeatures,
}).gradient(({ features }, [dy]) => ({
  features: SoftsignGrad({ gradients: dy, features }),
}));

/** Computes softsign: `features / (abs(features) + 1)`. */
export const softsign = fn(
  ['features', 'name'],
  (features: TensorLike, name: Name = null): Tensor => Softsign({ features }, {}, name),
);

/** The gradient of Softsign with respect to its input. It has no gradient of its own, as in TensorFlow. */
export const SoftsignGrad = op('SoftsignGrad', {
  inputs: ['gradients: T', 'features: T'],
  outputs: ['backprops: T'],
  attrs: [REAL],
  shape: ofBoth,
});

/** Computes swish: `features * sigmoid(features)` (Ramachandran et al. 2017). */
export const swish = fn(['features', 'name'], (features: TensorLike, name: Name = null): Tensor => {
  const x = toTensor(features, null, 'features');
  return multiply(x, sigmoid(x), name);
});
