/** Errors while an operation is built say which: its name, type, input shapes and the values looked at. */

import { dimsText } from '../core/dims.ts';
import { ValueError } from '../core/errors.ts';
import { byName } from '../core/op.ts';
import type { Literal, Static } from '../core/tensor.ts';
import type { Operation } from './operation.ts';

/** Runs the shape function `body` of `operation`; its ValueErrors get TensorFlow's suffix. */
export function locateError<R>(operation: Operation, body: () => R): R {
  try {
    return body();
  } catch (error) {
    if (!(error instanceof ValueError) || error.message.includes("(op: '")) throw error;
    const [text, ...hint] = error.message.split('\n\n');
    throw new ValueError([text + suffix(operation), ...hint].join('\n\n'));
  }
}

function suffix(operation: Operation): string {
  const { name, type, inputs } = operation;
  const shapes = inputs.map((input) => dimsText(input.dims)).join(', ');
  const { values, partials } = lookedAt(operation);
  const computed =
    values.length > 0 ? ` and with computed input tensors: ${values.join(', ')}` : '';
  const partial =
    partials.length > 0
      ? ` and with input tensors computed as partial shapes: ${partials.join(',')}`
      : '';
  return ` for '${name}' (op: '${type}') with input shapes: ${shapes}${computed}${partial}.`;
}

/** Runs the shape function again to see which input values it asks for. */
function lookedAt({ declaration, attrs, inputs }: Operation): {
  values: string[];
  partials: string[];
} {
  const values: string[] = [];
  const partials: string[] = [];
  const watched = inputs.map(
    (input, i): Static => ({
      dtype: input.dtype,
      dims: input.dims,
      handleData: input.handleData,
      get constant() {
        if (input.constant) values.push(`input[${i}] = <${summary(input.constant)}>`);
        return input.constant;
      },
      get known() {
        if (input.known) partials.push(`input[${i}] = ${dimsText(input.known)}`);
        return input.known;
      },
    }),
  );
  try {
    declaration.shape?.(byName(declaration.inputs, attrs, watched), attrs);
  } catch {
    // The error is the one being reported.
  }
  return { values: [...new Set(values)], partials: [...new Set(partials)] };
}

function summary({ data, shape }: Literal): string {
  const numbers = Array.from(data as ArrayLike<unknown>, String);
  if (shape.length < 2) return numbers.join(' ');
  const width = numbers.length / shape[0]!;
  const rows = Array.from({ length: shape[0]! }, (_, i) =>
    numbers.slice(i * width, (i + 1) * width),
  );
  return rows.map((row) => `[${row.join(' ')}]`).join('');
}
