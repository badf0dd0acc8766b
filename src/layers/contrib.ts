/** `tf.contrib.layers`: layers as functions that put variables and results into collections. */

import { with_ } from '../core/context.ts';
import { toTensor } from '../core/convert.ts';
import { ValueError } from '../core/errors.ts';
import { nameScope } from '../core/mode.ts';
import { fn } from '../core/signature.ts';
import type { Name, Tensor, TensorLike } from '../core/tensor.ts';
import { GraphKeys } from '../graph/collections.ts';
import { add_to_collection, add_to_collections } from '../graph/scopes.ts';
import { xavier_initializer } from '../ops/contrib_initializers.ts';
import { zeros_initializer } from '../ops/initializers.ts';
import { relu } from '../ops/nn/activations.ts';
import type { CustomGetter, InitializerLike, Reuse } from '../variables/requests.ts';
import { variable_scope } from '../variables/scope_stack.ts';
import type { Variable } from '../variables/variable.ts';
import type { VariableScope } from '../variables/variable_scope.ts';
import type { Activation, Regularizer } from './base.ts';
import { Dense, flatten as flattenLayer } from './core.ts';

/** A collection, several, or several for each kind of variable (`weights`, `biases`). */
type VariableCollections =
  | string
  | readonly string[]
  | Readonly<Record<string, string | readonly string[]>>;
/** A function that normalizes a result, and its keywords. */
type Normalizer = (inputs: Tensor, params: never) => Tensor;

/** Gives variables other short names, and counts them as the model's. */
function renaming(names: Readonly<Record<string, string>>): CustomGetter {
  return (getter, name, keywords) => {
    const parts = name.split('/');
    const short = parts.at(-1)!;
    parts[parts.length - 1] = names[short] ?? short;
    const collections = [
      ...(keywords.collections ?? []),
      GraphKeys.GLOBAL_VARIABLES,
      GraphKeys.MODEL_VARIABLES,
    ];
    return getter(parts.join('/'), { ...keywords, collections });
  };
}

function collect(variable: Variable, collections: VariableCollections | null, kind: string): void {
  if (collections === null) return;
  const isPerKind = typeof collections === 'object' && !Array.isArray(collections);
  const chosen = isPerKind
    ? (collections as Readonly<Record<string, string | readonly string[]>>)[kind]
    : (collections as string | readonly string[]);
  if (chosen !== undefined) add_to_collections(chosen, variable);
}

function collected(output: Tensor, collections: string | readonly string[] | null): Tensor {
  if (typeof collections === 'string') add_to_collection(collections, output);
  else if (collections !== null) add_to_collections(collections, output);
  return output;
}

/**
 * `activation_fn(inputs * weights + biases)`. With a `normalizer_fn` there are no biases, and the
 * product is normalized instead. ValueError where `num_outputs` is no integer.
 */
export const fully_connected = fn(
  [
    'inputs',
    'num_outputs',
    'activation_fn',
    'normalizer_fn',
    'normalizer_params',
    'weights_initializer',
    'weights_regularizer',
    'biases_initializer',
    'biases_regularizer',
    'reuse',
    'variables_collections',
    'outputs_collections',
    'trainable',
    'scope',
  ],
  (
    inputs: TensorLike,
    num_outputs: number,
    activation_fn: Activation | null = relu,
    normalizer_fn: Normalizer | null = null,
    normalizer_params: Readonly<Record<string, unknown>> | null = null,
    weights_initializer: InitializerLike | null = xavier_initializer(),
    weights_regularizer: Regularizer | null = null,
    biases_initializer: InitializerLike | null = zeros_initializer(),
    biases_regularizer: Regularizer | null = null,
    reuse: Reuse = null,
    variables_collections: VariableCollections | null = null,
    outputs_collections: string | readonly string[] | null = null,
    trainable: boolean = true,
    scope: string | VariableScope | null = null,
  ): Tensor => {
    if (!Number.isInteger(num_outputs)) {
      throw new ValueError(`num_outputs should be int or long, got ${num_outputs}.`);
    }
    const custom_getter = renaming({ bias: 'biases', kernel: 'weights' });
    const options = { default_name: 'fully_connected', reuse, custom_getter };
    return with_(variable_scope(scope, options), (current) => {
      const input = toTensor(inputs);
      const layer = new Dense({
        units: num_outputs,
        use_bias: normalizer_fn === null && biases_initializer !== null,
        kernel_initializer: weights_initializer,
        bias_initializer: biases_initializer,
        kernel_regularizer: weights_regularizer,
        bias_regularizer: biases_regularizer,
        trainable,
        name: current.name,
        dtype: input.dtype.base_dtype,
        _scope: current,
        _reuse: reuse,
      });
      let outputs = layer.apply(input);
      collect(layer.kernel, variables_collections, 'weights');
      if (layer.bias !== null) collect(layer.bias, variables_collections, 'biases');
      if (normalizer_fn !== null) {
        outputs = normalizer_fn(outputs, (normalizer_params ?? {}) as never);
      }
      return collected(
        activation_fn === null ? outputs : activation_fn(outputs),
        outputs_collections,
      );
    });
  },
  {
    objects: [
      'normalizer_params',
      'weights_initializer',
      'biases_initializer',
      'variables_collections',
    ],
  },
);

/** Flattens all axes of `inputs` but the first. */
export const flatten = fn(
  ['inputs', 'outputs_collections', 'scope'],
  (
    inputs: TensorLike,
    outputs_collections: string | readonly string[] | null = null,
    scope: Name = null,
  ): Tensor =>
    nameScope(scope, 'Flatten', () => collected(flattenLayer(inputs), outputs_collections)),
);
