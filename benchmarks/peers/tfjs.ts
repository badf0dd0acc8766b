/** tfjs as a contender: eager operations on its wasm backend. */

// The union package is the only bundle for Node that registers tfjs's gradients.
import '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-wasm';
import * as tfjs from '@tensorflow/tfjs-core';

export { tfjs };

/**
 * A step that computes a tensor and reads its numbers. They do not leave through `tidy`, which would
 * look at each of them for tensors to keep.
 */
export function eager(compute: () => tfjs.Tensor): { step(): tfjs.TypedArray } {
  return {
    step() {
      let numbers: tfjs.TypedArray = new Float32Array();
      tfjs.tidy(() => {
        numbers = compute().dataSync();
      });
      return numbers;
    },
  };
}
