/** `tf.py_func`: a function of the caller as an operation of the graph. */

import { as_dtype, type DType } from '../core/dtype.ts';
import { InvalidArgumentError } from '../core/errors.ts';
import { registerHostFunction } from '../core/host_functions.ts';
import { op } from '../core/op.ts';
import { fn } from '../core/signature.ts';
import type { Name, Tensor, TensorLike } from '../core/tensor.ts';
import { asArray, NdArray } from '../numpy/index.ts';

export const PyFunc = op('PyFunc', {
  inputs: ['input: Tin'],
  outputs: ['output: Tout'],
  attrs: ['token: string', 'Tin: list(type) >= 0', 'Tout: list(type) >= 0'],
  stateful: true,
}).gradient(null);

export const PyFuncStateless = op('PyFuncStateless', {
  inputs: ['input: Tin'],
  outputs: ['output: Tout'],
  attrs: ['token: string', 'Tin: list(type) >= 0', 'Tout: list(type) >= 0'],
}).gradient(null);

/** What the function gets: arrays, one per tensor; and gives: an array, or a list of them. */
type ArrayFunction = (...arrays: NdArray[]) => unknown;

/**
 * Wraps `func`, a function of arrays, as an operation: it is called in each run with the values of
 * `inp` and returns arrays of the types `Tout`, one type or a list. The shapes are not known before a
 * run, and no gradient flows. A function without effects may be said to be not `stateful`. What it
 * raises becomes an InvalidArgumentError (TypeError, ValueError) or an UnknownError.
 */
export const py_func = fn(
  ['func', 'inp', 'Tout', 'stateful', 'name'],
  (
    func: ArrayFunction,
    inp: readonly TensorLike[],
    Tout: DType | readonly DType[],
    stateful: boolean = true,
    name: Name = null,
  ): Tensor | readonly Tensor[] => {
    const isList = Array.isArray(Tout);
    const types = (isList ? (Tout as readonly DType[]) : [Tout as DType]).map((type) =>
      as_dtype(type),
    );
    const token = registerHostFunction((inputs) => {
      const arrays = inputs.map(({ dtype, shape, data }) => new NdArray(dtype, shape, data));
      return resultsOf(func(...arrays), types, isList);
    });
    const call = stateful ? PyFunc : PyFuncStateless;
    const outputs = call({ input: inp }, { token, Tout: types }, name);
    return isList ? outputs : outputs[0]!;
  },
);

function resultsOf(result: unknown, types: readonly DType[], isList: boolean): NdArray[] {
  const values = isList && Array.isArray(result) ? result : types.length === 0 ? [] : [result];
  if (values.length !== types.length) {
    throw new InvalidArgumentError(
      null,
      null,
      `pyfunc returns ${values.length} values, but expects to see ${types.length} values.`,
    );
  }
  return types.map((type, i) => {
    const array = asArray(
      values[i],
      typeof values[i] === 'object' && values[i] instanceof NdArray ? null : type,
    );
    if (array.dtype !== type) {
      throw new InvalidArgumentError(
        null,
        null,
        `${i}-th value returned by pyfunc is ${array.dtype.text}, but expects ${type.text}`,
      );
    }
    return array;
  });
}
