/**
 * Python calls in TypeScript: positional values in TF1's order, then at most one plain object of
 * keywords. A public function is an ordinary function plus the list of its parameter names; the
 * types below derive every keyword overload from those two, keeping the parameter labels.
 *
 * The last argument is the keywords if it is a plain object whose keys are all parameter names. A
 * parameter that itself takes plain objects (`objects`) makes any other one its value, `{}` too.
 */

import { ValueError, withHint } from './errors.ts';
import { nearest } from './nearest.ts';

// ---- types -------------------------------------------------------------------------------------

type Names = readonly string[];
/** Deprecated names of parameters, and the names that they stand for. */
type Aliases<N extends Names> = Readonly<Record<string, N[number]>>;
type NoAliases = Record<never, never>;

type Flat<T> = { [K in keyof T]: T[K] } & unknown;
type Tail<T extends unknown[]> = T extends [unknown?, ...infer R] ? R : [];
type NamesTail<N extends Names> = N extends readonly [string, ...infer R extends Names] ? R : [];

/** The leading elements of `All` that come before its tail `T`. */
type Head<All extends unknown[], T extends unknown[]> =
  Required<All> extends [...infer H, ...{ [K in keyof T]: unknown }] ? H : never;

/** The parameters `T`, named `N`, as one object type. */
type Keywords<T extends unknown[], N extends Names> = T extends []
  ? unknown
  : N extends readonly [infer K extends string, ...infer M extends Names]
    ? T extends [infer H, ...infer U]
      ? { [P in K]: H } & Keywords<U, M>
      : T extends [_?: infer H, ...infer U]
        ? { [P in K]?: H } & Keywords<U, M>
        : unknown
    : unknown;

/** The aliases of those parameters that `W` still has. */
type AliasKeywords<W, A> = {
  [K in keyof A as A[K] extends keyof W ? K : never]?: W[A[K] & keyof W];
};
type WithAliases<W, A> = Flat<W & AliasKeywords<W, A>>;

/** One overload per prefix: the first k parameters by position, the others by name. */
type Overloads<
  All extends unknown[],
  T extends unknown[],
  N extends Names,
  A,
  R,
> = N extends readonly []
  ? unknown
  : ((...args: [...Head<All, T>, kw: WithAliases<Keywords<T, N>, A>]) => R) &
      Overloads<All, Tail<T>, NamesTail<N>, A, R>;

type AnyFunction = (...args: never[]) => unknown;

/** A function `F` that may also be called with keywords named `N`, or their aliases `A`. */
export type Keyworded<F extends AnyFunction, N extends Names, A = NoAliases> = F &
  Overloads<Parameters<F>, Parameters<F>, N, A, ReturnType<F>>;

type KeywordLists<
  All extends unknown[],
  T extends unknown[],
  N extends Names,
  A,
> = N extends readonly []
  ? never
  :
      | [...Head<All, T>, kw: WithAliases<Keywords<T, N>, A>]
      | KeywordLists<All, Tail<T>, NamesTail<N>, A>;

/** The same calls as a union of argument lists, for constructors and methods. */
export type ArgumentLists<P extends unknown[], N extends Names, A = NoAliases> =
  | P
  | KeywordLists<P, P, N, A>;

/** What `signature` makes: takes any of the argument lists and gives what its body gives. */
export type Signature<P extends unknown[], N extends Names, R, A = NoAliases> = (
  ...args: ArgumentLists<P, N, A>
) => R;

/** The argument lists of a signature: `constructor(...args: ArgsOf<typeof adam>)`. */
export type ArgsOf<S> =
  S extends Signature<infer P, infer N, unknown, infer A> ? ArgumentLists<P, N, A> : never;

/** A function of any number of values, whose other parameters are keywords only. */
export interface Variadic<V, P extends unknown[], N extends Names, R> {
  (...values: V[]): R;
  (...args: [...values: V[], kw: Flat<Keywords<P, N>>]): R;
}

/** What a function may say about its parameters beyond their names. */
export interface SignatureOptions<N extends Names = Names, A extends Aliases<N> = Aliases<N>> {
  /** What errors call the function, where `nameFunctions` cannot know it. */
  readonly name?: string;
  /** The parameters that themselves take plain objects. */
  readonly objects?: readonly N[number][];
  /** Deprecated names of parameters: `{ keep_dims: 'keepdims' }`. */
  readonly aliases?: A;
}

// ---- making functions --------------------------------------------------------------------------

/** What is known of a function that was made here: for docs, hints and conformance tests. */
export interface ParameterList {
  /** In order of position. */
  readonly names: Names;
  /** How many of the first ones have no default. */
  readonly required: number;
  readonly objects: Names;
  readonly aliases: Readonly<Record<string, string>>;
  /** Whether any number of values may come first, and the names are keywords only. */
  readonly variadic: boolean;
}

const parameterLists = new WeakMap<object, ParameterList>();
const unnamed = new WeakSet<object>();

/** The parameters of a function that `fn`, `signature` or `variadic` made. */
export function parametersOf(value: object): ParameterList | undefined {
  return parameterLists.get(value);
}

/** Makes `body` callable with keywords. Every optional parameter must have TF1's default. */
export function fn<
  const N extends Names,
  F extends AnyFunction,
  const A extends Aliases<N> = NoAliases,
>(
  names: N & { length: Required<Parameters<F>>['length'] },
  body: F,
  options: SignatureOptions<N, A> = {},
): Keyworded<F, N, A> {
  const list = parameterList(names, body.length, options, false);
  const call: unknown = register(
    (...args: unknown[]) => body(...(bind(list, call as Caller, args) as never[])),
    list,
    options.name,
  );
  return call as Keyworded<F, N, A>;
}

/**
 * The signature of a constructor or method: `constructor(...args: ArgsOf<typeof adam>)` calls
 * `adam(...args)`, whose body gives the values in the form that the class wants.
 */
export function signature<
  const N extends Names,
  P extends unknown[],
  R,
  const A extends Aliases<N> = NoAliases,
>(
  names: N & { length: Required<P>['length'] },
  body: (...args: P) => R,
  options: SignatureOptions<N, A> = {},
): Signature<P, N, R, A> {
  const list = parameterList(names, body.length, options, false);
  const call: (...args: unknown[]) => R = register(
    (...args: unknown[]) => body(...(bind(list, call, args) as P)),
    list,
    options.name ?? '__init__',
  );
  return call;
}

/**
 * A function of any number of values (`tf.group(*inputs, name=None)`): `body` gets the values as
 * one array, then the parameters `names`, which can only be given as keywords.
 */
export function variadic<const N extends Names, V, P extends unknown[], R>(
  names: N & { length: Required<P>['length'] },
  body: (values: V[], ...rest: P) => R,
  options: { readonly name?: string } = {},
): Variadic<V, P, N, R> {
  const list = parameterList(names, Math.max(0, body.length - 1), options, true);
  const call: (...args: unknown[]) => R = register(
    (...args: unknown[]) => {
      const { values, rest } = bindVariadic(list, call, args);
      return body(values as V[], ...(rest as P));
    },
    list,
    options.name,
  );
  return call;
}

function parameterList(
  names: Names,
  required: number,
  options: SignatureOptions,
  variadic: boolean,
): ParameterList {
  const { objects = [], aliases = {} } = options;
  return { names, required, objects, aliases, variadic };
}

function register<C extends object>(call: C, list: ParameterList, name: string | undefined): C {
  parameterLists.set(call, list);
  if (name === undefined) unnamed.add(call);
  else Object.defineProperty(call, 'name', { value: name });
  return call;
}

/** Gives each function of a module, and of the modules in it, its exported name, so that errors can say `sin() got ...`. */
export function nameFunctions(module: object, seen: Set<object> = new Set()): void {
  seen.add(module);
  const members = Object.entries(module);
  for (const [name, value] of members) {
    if (typeof value !== 'function' || !unnamed.delete(value)) continue;
    Object.defineProperty(value, 'name', { value: name });
  }
  for (const [, value] of members)
    if (isModule(value) && !seen.has(value)) nameFunctions(value, seen);
}

/** Whether `value` is what `export * as name` makes, as it is or bundled. */
function isModule(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  return Object.prototype.toString.call(value) === '[object Module]' || isPlainObject(value);
}

// ---- a call ------------------------------------------------------------------------------------

type Caller = { readonly name: string };

/**
 * One value per parameter, `undefined` for what was not given, with Python's errors. Without
 * keywords these are the arguments themselves.
 */
export function bind(
  list: ParameterList,
  caller: Caller,
  args: readonly unknown[],
): readonly unknown[] {
  const last = args[args.length - 1];
  const withKeywords = isPlainObject(last) && isKeywords(list, last, args.length - 1);
  const values = withKeywords ? mergeKeywords(list, caller, args, args.length - 1, last) : args;
  if (values.length > list.names.length) checkCount(list, caller, values);
  for (let i = 0; i < list.required; i++) {
    if (values[i] === undefined) refuseMissing(list, caller, values, withKeywords);
  }
  return values;
}

function isKeywords(list: ParameterList, value: object, index: number): boolean {
  const parameter = list.names[index];
  if (parameter === undefined || !list.objects.includes(parameter)) return true;
  const keys = Object.keys(value);
  return (
    keys.length > 0 &&
    keys.every((key) => list.names.includes(key) || Object.hasOwn(list.aliases, key))
  );
}

/** The first `positional` values, and those that `keywords` name. */
function mergeKeywords(
  list: ParameterList,
  caller: Caller,
  args: readonly unknown[],
  positional: number,
  keywords: Readonly<Record<string, unknown>>,
): unknown[] {
  const values: unknown[] = [];
  for (let i = 0; i < positional; i++) values.push(args[i]);
  let deprecated: string[] | null = null;
  // Literals have no inherited keys, and this loop allocates nothing.
  for (const key in keywords) {
    const value = keywords[key];
    const index = list.names.indexOf(key);
    if (index < 0 && !Object.hasOwn(list.aliases, key)) refuseUnknown(list, caller, key);
    if (value === undefined) continue;
    if (index < 0) deprecated = [...(deprecated ?? []), key];
    else if (values[index] === undefined) values[index] = value;
    else refuse(list, caller, `got multiple values for argument '${key}'`);
  }
  for (const key of deprecated ?? []) setDeprecated(list, values, key, keywords[key]);
  return values;
}

/** Only one of a parameter and its deprecated name may be given; `null` is not given. */
function setDeprecated(list: ParameterList, values: unknown[], key: string, value: unknown): void {
  const name = list.aliases[key]!;
  const index = list.names.indexOf(name);
  if (value === null) return;
  if (values[index] !== undefined && values[index] !== null) {
    throw new ValueError(`Cannot specify both '${key}' and '${name}'`);
  }
  values[index] = value;
}

function bindVariadic(
  list: ParameterList,
  caller: Caller,
  args: readonly unknown[],
): { values: readonly unknown[]; rest: readonly unknown[] } {
  const last = args[args.length - 1];
  const withKeywords = isPlainObject(last);
  const values = withKeywords ? args.slice(0, -1) : args;
  const rest = withKeywords ? mergeKeywords(list, caller, args, 0, last) : [];
  for (let i = 0; i < list.required; i++) {
    if (rest[i] === undefined) refuseMissing(list, caller, rest, false);
  }
  return { values, rest };
}

/** Whether `value` is an object literal: of no class, in whatever realm it was made. */
export function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return (
    prototype === Object.prototype ||
    prototype === null ||
    Object.getPrototypeOf(prototype) === null
  );
}

// ---- Python's errors ---------------------------------------------------------------------------

function refuse(list: ParameterList, caller: Caller, why: string, hint = ''): never {
  const text = `${caller.name}() ${why}`;
  throw new TypeError(withHint(text, `${hint}${describe(list, caller.name)}`));
}

/** `conv(input, filter, strides=..., name=...)`. */
function describe(list: ParameterList, name: string): string {
  const texts = list.names.map((name, i) => (i < list.required ? name : `${name}=...`));
  if (list.variadic) texts.unshift('...values');
  return `The parameters are ${name}(${texts.join(', ')}).`;
}

function refuseUnknown(list: ParameterList, caller: Caller, key: string): never {
  const meant = nearest(key, [...list.names, ...Object.keys(list.aliases)]);
  const hint = meant ? `Did you mean '${meant}'? ` : '';
  refuse(list, caller, `got an unexpected keyword argument '${key}'`, hint);
}

function checkCount(list: ParameterList, caller: Caller, values: readonly unknown[]): void {
  let given = values.length;
  while (values[given - 1] === undefined) given--;
  const most = list.names.length;
  if (given <= most) return;
  const least = list.required;
  const takes = least < most ? `from ${least} to ${most}` : String(most);
  const noun = most === 1 && least === most ? 'argument' : 'arguments';
  const were = given === 1 ? 'was' : 'were';
  refuse(list, caller, `takes ${takes} positional ${noun} but ${given} ${were} given`);
}

function refuseMissing(
  list: ParameterList,
  caller: Caller,
  values: readonly unknown[],
  withKeywords: boolean,
): never {
  const missing = list.names.filter((_, i) => i < list.required && values[i] === undefined);
  const kind = list.variadic ? 'keyword-only' : 'positional';
  const noun = missing.length === 1 ? 'argument' : 'arguments';
  const asObject = withKeywords && missing.some((name) => list.objects.includes(name));
  const hint = asObject
    ? `A plain object whose keys are all parameter names is read as keywords; give '${missing[0]}' by name. `
    : '';
  const why = `missing ${missing.length} required ${kind} ${noun}: ${enumerate(missing)}`;
  refuse(list, caller, why, hint);
}

/** `'a'`, `'a' and 'b'`, `'a', 'b', and 'c'`. */
function enumerate(names: Names): string {
  const quoted = names.map((name) => `'${name}'`);
  if (quoted.length < 3) return quoted.join(' and ');
  return `${quoted.slice(0, -1).join(', ')}, and ${quoted.at(-1)}`;
}
