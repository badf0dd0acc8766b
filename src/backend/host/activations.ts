/** Host kernels of the activation functions and of their gradients, element by element. */

import type { TypedArray } from '../../core/dtype.ts';
import { float64 } from '../../core/dtype.ts';
import type { Attrs, Value } from '../../core/kernels.ts';
import { kernel } from '../registry.ts';
import { invalid, shapeText } from './box.ts';
import { numbersOf, roundTo16, sameShape } from './numeric.ts';

/** Fills `y` from `x`. */
type Map1 = (x: TypedArray, y: TypedArray, attrs: Attrs, value: Value) => void;
/** Fills `dx` from the gradient `dy` and the activation's input or output `x`. */
type Map2 = (dy: TypedArray, x: TypedArray, dx: TypedArray, attrs: Attrs) => void;

function activation(type: string, map: Map1): void {
  kernel(type, ([features], attrs, context) => {
    const out = context.alloc(features!.dtype, features!.shape);
    const data = numbersOf(out);
    map(numbersOf(features!), data, attrs, features!);
    roundTo16(data, out.dtype);
    return out;
  });
}

function activationGradient(type: string, map: Map2): void {
  kernel(type, ([gradients, features], attrs, context) => {
    if (!sameShape(gradients!.shape, features!.shape)) {
      invalid(
        `Inputs to operation ${context.nodeName || type} of type ${type} must have the same size and shape.  Input 0: ` +
          `${shapeText(gradients!.shape)} != input 1: ${shapeText(features!.shape)}`,
      );
    }
    const out = context.alloc(gradients!.dtype, gradients!.shape);
    const data = numbersOf(out);
    map(numbersOf(gradients!), numbersOf(features!), data, attrs);
    roundTo16(data, out.dtype);
    return out;
  });
}

// Signs are as good as random, so branches would be mispredicted: these loops have none. Adding 0 makes
// 0 of the -0 that a negative number times 0 is.
activation('Relu', (x, y) => {
  let sum = 0;
  for (let i = 0; i < y.length; i++) {
    const v = x[i]!;
    const part = v * Number(v > 0) + 0;
    y[i] = part;
    sum += part;
  }
  if (Number.isNaN(sum)) rectifySpecial(x, y);
});

/** With infinities among the numbers, which a product with 0 does not make 0. */
function rectifySpecial(x: TypedArray, y: TypedArray): void {
  for (let i = 0; i < y.length; i++) y[i] = x[i]! < 0 ? 0 : x[i]!;
}

activationGradient('ReluGrad', (dy, x, dx) => {
  for (let i = 0; i < dx.length; i++) dx[i] = dy[i]! * Number(x[i]! > 0);
});

activation('Relu6', (x, y) => {
  for (let i = 0; i < y.length; i++) {
    const v = x[i]!;
    y[i] = v < 0 ? 0 : v > 6 ? 6 : v;
  }
});

activationGradient('Relu6Grad', (dy, x, dx) => {
  for (let i = 0; i < dx.length; i++) {
    const v = x[i]!;
    dx[i] = v > 0 && v < 6 ? dy[i]! : 0;
  }
});

activation('LeakyRelu', (x, y, attrs) => {
  const alpha = Math.fround((attrs.alpha as number | undefined) ?? 0.2);
  for (let i = 0; i < y.length; i++) {
    const v = x[i]!;
    y[i] = v > 0 ? v : v * alpha;
  }
});

activationGradient('LeakyReluGrad', (dy, x, dx, attrs) => {
  const alpha = Math.fround((attrs.alpha as number | undefined) ?? 0.2);
  for (let i = 0; i < dx.length; i++) dx[i] = x[i]! > 0 ? dy[i]! : dy[i]! * alpha;
});

activation('Elu', (x, y) => {
  for (let i = 0; i < y.length; i++) {
    const v = x[i]!;
    y[i] = v < 0 ? Math.expm1(v) : v;
  }
});

activationGradient('EluGrad', (dy, y, dx) => {
  for (let i = 0; i < dx.length; i++) dx[i] = y[i]! < 0 ? dy[i]! * (y[i]! + 1) : dy[i]!;
});

/** The constants of self-normalizing networks (Klambauer et al. 2017). */
const SELU_SCALE = 1.0507009873554805;
const SELU_SCALE_ALPHA = 1.7580993408473768;

activation('Selu', (x, y) => {
  for (let i = 0; i < y.length; i++) {
    const v = x[i]!;
    y[i] = v < 0 ? SELU_SCALE_ALPHA * Math.expm1(v) : SELU_SCALE * v;
  }
});

activationGradient('SeluGrad', (dy, y, dx) => {
  for (let i = 0; i < dx.length; i++) {
    const v = y[i]!;
    dx[i] = dy[i]! * (v < 0 ? v + SELU_SCALE_ALPHA : SELU_SCALE);
  }
});

activation('Softplus', (x, y, _, { dtype }) => {
  // Beyond it, log(1 + exp(x)) equals x, or exp(x), in the type's precision.
  const threshold = Math.log(dtype === float64 ? 2 ** -52 : 2 ** -23) + 2;
  for (let i = 0; i < y.length; i++) {
    const v = x[i]!;
    y[i] = v > -threshold ? v : v < threshold ? Math.exp(v) : Math.log1p(Math.exp(v));
  }
});

activationGradient('SoftplusGrad', (dy, x, dx) => {
  for (let i = 0; i < dx.length; i++) dx[i] = dy[i]! / (Math.exp(-x[i]!) + 1);
});

activation('Softsign', (x, y) => {
  for (let i = 0; i < y.length; i++) {
    const v = x[i]!;
    y[i] = v / (Math.abs(v) + 1);
  }
});

activationGradient('SoftsignGrad', (dy, x, dx) => {
  for (let i = 0; i < dx.length; i++) {
    const scale = 1 + Math.abs(x[i]!);
    dx[i] = dy[i]! / (scale * scale);
  }
});
