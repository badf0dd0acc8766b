/**
 * TensorFlow's op language, the strings of REGISTER_OP: `'x: T'`, `'values: N * T'`,
 * `'T: {half, float} = DT_FLOAT'`. Types read it for the compiler, `parse*` for the running program.
 */

import { as_dtype, type DType, newData, type TypedArray } from './dtype.ts';
import type { Dims, Literal } from './tensor.ts';

// ---- at the type level -------------------------------------------------------------------------

/** Declarations in the op language. */
export type Texts = readonly string[];
/** The name that a declaration declares. */
export type NameOf<S> = S extends `${infer N}: ${string}` ? N : never;
type TypeOf<S> = S extends `${string}: ${infer T}` ? T : never;

/** Whether the argument `S` stands for a list of tensors. */
type IsList<S, A extends Texts> =
  TypeOf<S> extends `${string} * ${string}`
    ? true
    : [Extract<A[number], `${TypeOf<S> & string}: list(${'type' | '{'}${string}`>] extends [never]
      ? false
      : true;

/** One `T` per argument, a list where the argument is a list; keyed by name. */
export type ByName<I extends Texts, A extends Texts, T> = {
  readonly [S in I[number] as NameOf<S>]: IsList<S, A> extends true ? readonly T[] : T;
};
/** The same by position. */
export type ByIndex<O extends Texts, A extends Texts, T> = {
  readonly [K in keyof O]: IsList<O[K], A> extends true ? readonly T[] : T;
};

/** `{'SAME', 'VALID'}` becomes `'SAME' | 'VALID'`. */
type Choices<T> = T extends `${string}'${infer Choice}'${infer Rest}`
  ? Choice | Choices<Rest>
  : never;
type AttrValue<T> = T extends `{'${string}`
  ? Choices<T extends `${infer Set} = ${string}` ? Set : T>
  : T extends `list({'${string}`
    ? readonly string[]
    : T extends `list(${'int' | 'float'})${string}`
      ? readonly number[]
      : T extends `list(${'type' | '{'}${string}`
        ? readonly DType[]
        : T extends `list(string)${string}`
          ? readonly string[]
          : T extends `list(shape)${string}`
            ? readonly Dims[]
            : T extends `list(bool)${string}`
              ? readonly boolean[]
              : T extends `${'int' | 'float'}${' ' | ''}${string}`
                ? T extends `${'int' | 'float'}${'8' | '16' | '32' | '64'}${string}`
                  ? DType
                  : number
                : T extends `bool${string}`
                  ? boolean
                  : T extends `string${string}`
                    ? string
                    : T extends `shape${string}`
                      ? Dims
                      : T extends `tensor${string}`
                        ? Literal
                        : T extends `func${string}`
                          ? unknown
                          : DType;

/** TF infers `T` from an input `x: T`, and `N` from `xs: N * T`; callers pass the other attributes. */
type InferredFrom<N extends string> =
  | `${string}: ${`${string} * ` | 'Ref(' | ''}${N}${')' | ''}`
  | `${string}: ${N} * ${string}`;
type Passed<I extends Texts, A extends Texts> = {
  [S in A[number]]: [Extract<I[number], InferredFrom<NameOf<S>>>] extends [never] ? S : never;
}[A[number]];
type WithDefault<S> = S extends `${string} = ${string}` ? S : never;
/** What a caller passes: attributes that no input tells, those with a default being optional. */
export type AttrArgs<I extends Texts, A extends Texts> = {
  readonly [S in Exclude<Passed<I, A>, WithDefault<Passed<I, A>>> as NameOf<S>]: AttrValue<
    TypeOf<S>
  >;
} & { readonly [S in WithDefault<A[number]> as NameOf<S>]?: AttrValue<TypeOf<S>> };
/** Every attribute of a node. */
export type AttrValues<A extends Texts> = {
  readonly [S in A[number] as NameOf<S>]: AttrValue<TypeOf<S>>;
};

// ---- at run time -------------------------------------------------------------------------------

/** One input or output. Exactly one of `type`, `typeAttr` and `typeListAttr` is set. */
export interface ArgSpec {
  readonly name: string;
  readonly isRef: boolean;
  readonly type: DType | null;
  readonly typeAttr: string | null;
  readonly typeListAttr: string | null;
  /** The attribute that counts a list `N * T`. */
  readonly numberAttr: string | null;
}

/** One attribute. */
export interface AttrSpec {
  readonly name: string;
  /** `int`, `float`, `bool`, `string`, `type`, `shape`, `tensor`, `func`, or `list(...)` of one. */
  readonly type: string;
  readonly hasDefault: boolean;
  readonly default: unknown;
  readonly allowedTypes: readonly DType[] | null;
  readonly allowedStrings: readonly string[] | null;
  readonly minimum: number | null;
}

const NUMBER_TYPES =
  'float, double, int32, uint8, int16, int8, complex64, int64, qint8, quint8, qint32, bfloat16, uint16, complex128, half, uint32, uint64';
const TYPE_SETS: Readonly<Record<string, string>> = {
  numbertype: NUMBER_TYPES,
  realnumbertype:
    'float, double, int32, uint8, int16, int8, int64, bfloat16, uint16, half, uint32, uint64',
  quantizedtype: 'qint8, quint8, qint32, qint16, quint16',
};

/** Reads `'T: {half, float} = DT_FLOAT'`. */
export function parseAttr(text: string): AttrSpec {
  const [, name, rest] = /^(\w+): (.+)$/s.exec(text) ?? [];
  if (!name || !rest) throw new Error(`'${text}' is not an attribute declaration.`);
  const [declared, literal] = splitDefault(rest);
  const list = /^list\((.+)\)(.*)$/.exec(declared);
  const element = list ? list[1]! : declared;
  const minimum = />= (-?\d+)/.exec(declared);
  const kind = element.replace(/ ?>= .*$/, '');
  const set = TYPE_SETS[kind] ?? (/^\{(.*)\}$/.exec(kind)?.[1] || null);
  const isStrings = set?.includes("'") ?? false;
  const type = set === null ? kind : isStrings ? 'string' : 'type';
  return {
    name,
    type: list ? `list(${type})` : type,
    hasDefault: literal !== undefined,
    default: literal === undefined ? undefined : parseDefault(literal, list !== null),
    allowedTypes: set && !isStrings ? set.split(',').map((t) => as_dtype(t.trim())) : null,
    allowedStrings: set && isStrings ? [...set.matchAll(/'([^']*)'/g)].map((m) => m[1]!) : null,
    minimum: minimum ? Number(minimum[1]) : null,
  };
}

function splitDefault(text: string): [string, string | undefined] {
  const at = text.search(/(?<![<>]) = /);
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 3)];
}

function parseDefault(literal: string, list: boolean): unknown {
  if (literal.startsWith('DT_')) return as_dtype(literal);
  if (list && literal.includes('DT_')) {
    return [...literal.matchAll(/DT_\w+/g)].map((m) => as_dtype(m[0]));
  }
  const tensor = /^(\w+)(\[.*\])$/.exec(literal);
  if (tensor) return vector(as_dtype(tensor[1]!), JSON.parse(tensor[2]!) as number[]);
  return JSON.parse(literal.replaceAll("'", '"'));
}

/** The default of a tensor attribute: `uint8[255, 0, 0, 255]`. */
function vector(dtype: DType, values: readonly number[]): Literal {
  const data = newData(dtype, values.length) as TypedArray;
  data.set(values);
  return { dtype, shape: [values.length], data };
}

/** Reads `'values: N * T'`; `attrs` say what its names stand for. */
export function parseArg(text: string, attrs: readonly AttrSpec[]): ArgSpec {
  const [, name, rest] = /^(\w+): (.+)$/.exec(text) ?? [];
  if (!name || !rest) throw new Error(`'${text}' is not an argument declaration.`);
  const ref = /^Ref\((.+)\)$/.exec(rest);
  const [, numberAttr = null, element] = /^(?:(\w+) \* )?(\w+)$/.exec(ref ? ref[1]! : rest) ?? [];
  const attr = attrs.find((a) => a.name === element);
  const isTypeList = attr?.type === 'list(type)';
  return {
    name,
    isRef: ref !== null,
    type: attr ? null : as_dtype(element),
    typeAttr: attr && !isTypeList ? attr.name : null,
    typeListAttr: isTypeList ? attr.name : null,
    numberAttr,
  };
}
