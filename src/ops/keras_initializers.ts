/** Initializers by name and as plain data: `get`, `serialize` and `deserialize` of `tf.keras.initializers`. */

import { ValueError } from '../core/errors.ts';
import { fn } from '../core/signature.ts';
import { Constant, Identity, Initializer, Ones, Zeros } from './initializers.ts';
import * as random from './random_initializers.ts';

type Config = Readonly<Record<string, unknown>>;
type Make = (config: Config) => Initializer;

/** An initializer as plain data. */
export interface InitializerConfig {
  readonly class_name: string;
  readonly config: Config;
}

const CLASSES = {
  Zeros,
  Ones,
  Constant,
  Identity,
  RandomUniform: random.RandomUniform,
  RandomNormal: random.RandomNormal,
  TruncatedNormal: random.TruncatedNormal,
  VarianceScaling: random.VarianceScaling,
  Orthogonal: random.Orthogonal,
};

const ALIASES: Readonly<Record<string, keyof typeof CLASSES>> = {
  zero: 'Zeros',
  zeros: 'Zeros',
  one: 'Ones',
  ones: 'Ones',
  constant: 'Constant',
  identity: 'Identity',
  uniform: 'RandomUniform',
  random_uniform: 'RandomUniform',
  normal: 'RandomNormal',
  random_normal: 'RandomNormal',
  truncated_normal: 'TruncatedNormal',
  orthogonal: 'Orthogonal',
};

const FUNCTIONS = {
  glorot_normal: random.glorot_normal,
  glorot_uniform: random.glorot_uniform,
  he_normal: random.he_normal,
  he_uniform: random.he_uniform,
  lecun_normal: random.lecun_normal,
  lecun_uniform: random.lecun_uniform,
};

function makerOf(name: string, custom: Readonly<Record<string, unknown>>): Make {
  const found = Object.hasOwn(custom, name) ? custom[name] : builtIn(name);
  if (typeof found !== 'function') throw new ValueError(`Unknown initializer: ${name}`);
  if (!('from_config' in found)) return found as Make;
  return (config) => (found as typeof Initializer).from_config(config);
}

function builtIn(name: string): unknown {
  const type = ALIASES[name] ?? name;
  if (Object.hasOwn(CLASSES, type)) return CLASSES[type as keyof typeof CLASSES];
  return Object.hasOwn(FUNCTIONS, name) ? FUNCTIONS[name as keyof typeof FUNCTIONS] : undefined;
}

/** `initializer` as plain data, `null` for `null`. ValueError for what has no `get_config`. */
export const serialize = fn(
  ['initializer'],
  (initializer: Initializer | null): InitializerConfig | null => {
    if (initializer === null) return null;
    if (!(initializer instanceof Initializer)) {
      throw new ValueError(`('Cannot serialize', ${String(initializer)})`);
    }
    const known = Object.entries(CLASSES).find(([, type]) => initializer.constructor === type);
    const class_name = known?.[0] ?? initializer.constructor.name;
    return { class_name, config: initializer.get_config() };
  },
);

/**
 * The initializer that `config` describes. `custom_objects` adds classes and functions by name.
 * ValueError for a name that is not known.
 */
export const deserialize = fn(
  ['config', 'custom_objects'],
  (
    config: InitializerConfig,
    custom_objects: Readonly<Record<string, unknown>> | null = null,
  ): Initializer => makerOf(config.class_name, custom_objects ?? {})(config.config),
  { objects: ['config', 'custom_objects'] },
);

/** The initializer that a name, plain data or an initializer itself stands for. */
export const get = fn(
  ['identifier'],
  (
    identifier: string | InitializerConfig | Initializer | ((...args: never[]) => unknown) | null,
  ): Initializer | ((...args: never[]) => unknown) | null => {
    if (identifier === null || typeof identifier === 'function') return identifier;
    if (typeof identifier === 'string') return makerOf(identifier, {})({});
    if (typeof identifier === 'object' && 'class_name' in identifier) {
      return makerOf(identifier.class_name, {})(identifier.config);
    }
    throw new ValueError(`Could not interpret initializer identifier: ${String(identifier)}`);
  },
  { objects: ['identifier'] },
);
