/**
 * The optimizers' updates, each a rule for a run of elements: of a whole variable, or of the rows that
 * a sparse gradient names. Formulas are those of TensorFlow's training_ops; variables and slots are
 * written in place.
 */

import type { TypedArray } from '../../core/dtype.ts';
import { InvalidArgumentError } from '../../core/errors.ts';
import type { Attrs, Kernel, KernelContext, Value } from '../../core/kernels.ts';
import { kernel } from '../registry.ts';
import type { Rule } from './optimizer_rules.ts';
import { rules } from './optimizer_rules.ts';

/** Where the arguments of an op stand among its inputs. */
interface Layout {
  readonly slots: number;
  readonly scalars: readonly number[];
  readonly gradient: number;
  readonly indices: number;
}

function layoutOf(rule: Rule, sparse: boolean): Layout {
  const names = [...rule.slots, ...rule.args];
  if (sparse) names.splice(names.indexOf('grad') + 1, 0, 'indices');
  const at = (name: string) => names.indexOf(name);
  const scalars = rule.args.filter((name) => name !== 'grad').map(at);
  return { slots: rule.slots.length, scalars, gradient: at('grad'), indices: at('indices') };
}

/** The variable and its slots, for writing in place. */
function writable(inputs: readonly Value[], layout: Layout, context: KernelContext): Value[] {
  const slots: Value[] = [];
  for (let i = 0; i < layout.slots; i++) slots.push(context.cell(inputs[i]!).writable());
  return slots;
}

function scalarsOf(inputs: readonly Value[], { scalars }: Layout): number[] {
  return scalars.map((at) => Number(inputs[at]!.data[0]));
}

function dense(rule: Rule, layout: Layout) {
  return (inputs: readonly Value[], attrs: Attrs, context: KernelContext): Value[] => {
    const slots = writable(inputs, layout, context);
    const gradient = inputs[layout.gradient]!;
    if (slots[0]!.shape.join() !== gradient.shape.join()) {
      throw new InvalidArgumentError(
        null,
        null,
        `var and grad do not have the same shape[${slots[0]!.shape}] [${gradient.shape}]`,
      );
    }
    const arrays = slots.map((slot) => slot.data as TypedArray);
    rule.update(
      arrays,
      0,
      gradient.data as TypedArray,
      0,
      gradient.size,
      scalarsOf(inputs, layout),
      attrs,
    );
    return [context.view(inputs[0]!, inputs[0]!.shape)];
  };
}

function sparse(rule: Rule, layout: Layout) {
  return (inputs: readonly Value[], attrs: Attrs, context: KernelContext): Value[] => {
    const slots = writable(inputs, layout, context);
    const gradient = inputs[layout.gradient]!;
    const indices = inputs[layout.indices]!;
    const rows = slots[0]!.shape[0] ?? 1;
    const width = rows === 0 ? 0 : slots[0]!.size / rows;
    const arrays = slots.map((slot) => slot.data as TypedArray);
    const scalars = scalarsOf(inputs, layout);
    for (let i = 0; i < indices.size; i++) {
      const row = Number(indices.data[i]);
      if (row < 0 || row >= rows) {
        throw new InvalidArgumentError(
          null,
          null,
          `Index ${row} at offset ${i} in indices is out of range`,
        );
      }
      rule.update(
        arrays,
        row * width,
        gradient.data as TypedArray,
        i * width,
        width,
        scalars,
        attrs,
      );
    }
    return [context.view(inputs[0]!, inputs[0]!.shape)];
  };
}

/** The form for a resource handle, which has no output. */
function onHandle(update: (...call: Parameters<Kernel>) => Value[]): Kernel {
  return (inputs, attrs, context) => {
    update(inputs, attrs, context);
    return null;
  };
}

for (const [name, rule] of Object.entries(rules)) {
  const whole = dense(rule, layoutOf(rule, false));
  kernel(`Apply${name}`, whole);
  kernel(`ResourceApply${name}`, onHandle(whole));
  if (rule.denseOnly) continue;
  const rows = sparse(rule, layoutOf(rule, true));
  kernel(`SparseApply${name}`, rows);
  kernel(`ResourceSparseApply${name}`, onHandle(rows));
}
