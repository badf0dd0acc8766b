/** Assertions, and values shown while a graph runs. */

import type { Text, TypedArray } from '../../core/dtype.ts';
import { kernel } from '../registry.ts';
import { invalid, same, shapeText } from './box.ts';
import { summarize } from './printf.ts';

kernel('Assert', ([condition, ...data], attrs) => {
  if (condition!.shape.length > 0) {
    invalid(`In[0] should be a scalar: ${shapeText(condition!.shape)}`);
  }
  if ((condition!.data as TypedArray)[0] === 1) return null;
  const limit = attrs.summarize as number;
  return invalid(
    `assertion failed: ${data.map((value) => `[${summarize(value, limit)}]`).join(' ')}`,
  );
});

kernel('CheckNumerics', ([tensor], { message }, context) => {
  let nan = false;
  let infinite = false;
  const data = tensor!.data as TypedArray;
  for (let i = 0; i < data.length; i++) {
    const value = data[i]!;
    if (Number.isFinite(value)) continue;
    if (Number.isNaN(value)) nan = true;
    else infinite = true;
  }
  if (nan || infinite) {
    const found = [infinite ? 'Inf' : '', nan ? 'NaN' : ''].filter(Boolean).join(' and ');
    invalid(`${textOf(message)} : Tensor had ${found} values`);
  }
  return same(context, tensor!);
});

kernel('Print', ([input, ...data], attrs, context) => {
  const first = attrs.first_n as number;
  const limit = attrs.summarize as number;
  const calls = context.state(() => ({ count: 0 }));
  if (first < 0 || calls.count++ < first) {
    const shown = data.map((value) => `[${summarize(value, limit)}]`).join('');
    console.error(textOf(attrs.message) + shown);
  }
  return same(context, input!);
});

kernel('PrintV2', ([input], attrs) => {
  const line = textOf((input!.data as Text[])[0]) + textOf(attrs.end);
  // The console ends the line itself.
  const shown = line.endsWith('\n') ? line.slice(0, -1) : line;
  if (textOf(attrs.output_stream) === 'stdout') console.log(shown);
  else console.error(shown);
  return null;
});

/** A string attribute as text. */
function textOf(attr: unknown): string {
  const text = attr as Text;
  return typeof text === 'string' ? text : new TextDecoder().decode(text);
}
