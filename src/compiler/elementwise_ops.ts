/**
 * What each element-wise op computes on four lanes. float32 and int32 lanes hold numbers, bool lanes
 * all ones or all zeros. Every op rounds its result to float32, as its kernel on the host does.
 */

import type { Code } from './encoder.ts';
import { f32, i32, type Scope, v128 } from './simd.ts';
import {
  exp,
  expm1,
  log,
  log1p,
  power,
  sigmoid,
  softplus,
  tanh,
  type VectorFunction,
} from './vector_math.ts';

/** What generated code computes with. */
export type ElementType = 'float32' | 'int32' | 'bool';

/** One operation of a region; its inputs are numbers of values: first the region's inputs, then its nodes. */
export interface RegionNode {
  readonly op: string;
  readonly inputs: readonly number[];
  /** The number of a `Const`, the `alpha` of a `LeakyRelu`, the bound of a `FlushToZero`. */
  readonly value?: number;
  /** The type that a `Const`, `Cast`, `ZerosLike` or `OnesLike` gives. */
  readonly type?: ElementType;
}

/** The rule of an op for operands of one type; operands are cheap to push more than once. */
type Rule = (s: Scope, operands: readonly Code[], node: RegionNode) => Code;

/** An op: its rules by its first operand's type (Select: its second's), and what it gives. */
interface ElementOp {
  readonly float32?: Rule;
  readonly int32?: Rule;
  readonly bool?: Rule;
  /** `bool` for comparisons; else the type of its operands. */
  readonly gives?: 'bool';
}

type Binary = (x: Code, y: Code) => Code;
type Unary = (x: Code) => Code;
const one =
  (f: Unary): Rule =>
  (_, [x]) =>
    f(x!);
const two =
  (f: Binary): Rule =>
  (_, [x, y]) =>
    f(x!, y!);
const by =
  (f: VectorFunction): Rule =>
  (s, [x]) =>
    f(s, x!);
const { add, subtract, multiply, divide } = f32;

// ---- arithmetic --------------------------------------------------------------------------------

/** `x` where `better` or where x is not a number, else `y`. */
const extreme =
  (better: Binary): Rule =>
  (_, [x, y]) =>
    v128.select(v128.or(better(x!, y!), f32.notEqual(x!, x!)), x!, y!);

const sign: Rule = (s, [x]) => {
  const zero = s.float(0);
  const isSigned = v128.or(f32.lessThan(x!, zero), f32.greaterThan(x!, zero));
  const unit = v128.or(v128.and(x!, s.integer(-0x80000000)), s.float(1));
  return v128.select(isSigned, unit, x!);
};

const signOfIntegers: Rule = (s, [x]) => i32.maximum(i32.minimum(x!, s.integer(1)), s.integer(-1));

const squaredDifference =
  (minus: Binary, times: Binary): Rule =>
  (s, [x, y]) => {
    const d = s.name(minus(x!, y!));
    return times(d, d);
  };

const sumOf =
  (plus: Binary): Rule =>
  (_, operands) =>
    operands.slice(1).reduce<Code>((sum, x) => plus(sum, x), operands[0]!);

const same: Rule = (_, [x]) => x!;
const sum: ElementOp = { float32: two(add), int32: two(i32.add) };
const reciprocal: ElementOp = { float32: (s, [x]) => divide(s.float(1), x!) };
const reciprocalGradient: ElementOp = {
  float32: (_, [y, dy]) => multiply(multiply(f32.negate(dy!), y!), y!),
};
/** 0 where x is smaller than the bound; not an op of TensorFlow. */
const flush: Rule = (s, [x], { value = 2 ** -126 }) =>
  v128.andNot(x!, f32.lessThan(f32.abs(x!), s.float(value)));
const nearest: ElementOp = { float32: one(f32.nearest), int32: same };

const ARITHMETIC: Readonly<Record<string, ElementOp>> = {
  Add: sum,
  AddV2: sum,
  AddN: { float32: sumOf(add), int32: sumOf(i32.add) },
  Sub: { float32: two(subtract), int32: two(i32.subtract) },
  Mul: { float32: two(multiply), int32: two(i32.multiply) },
  RealDiv: { float32: two(divide) },
  Div: { float32: two(divide) },
  Neg: { float32: one(f32.negate), int32: one(i32.negate) },
  Abs: { float32: one(f32.abs), int32: one(i32.abs) },
  Sign: { float32: sign, int32: signOfIntegers },
  Square: { float32: (_, [x]) => multiply(x!, x!), int32: (_, [x]) => i32.multiply(x!, x!) },
  SquaredDifference: {
    float32: squaredDifference(subtract, multiply),
    int32: squaredDifference(i32.subtract, i32.multiply),
  },
  Inv: reciprocal,
  Reciprocal: reciprocal,
  Sqrt: { float32: one(f32.sqrt) },
  Rsqrt: { float32: (s, [x]) => divide(s.float(1), f32.sqrt(x!)) },
  FlushToZero: { float32: flush },
  Floor: { float32: one(f32.floor) },
  Ceil: { float32: one(f32.ceil) },
  Round: nearest,
  Rint: nearest,
  Maximum: { float32: extreme(f32.greaterThan), int32: two(i32.maximum) },
  Minimum: { float32: extreme(f32.lessThan), int32: two(i32.minimum) },
};

// ---- functions and activations -----------------------------------------------------------------

/** The constants of self-normalizing networks (Klambauer et al. 2017). */
const SELU_SCALE = 1.0507009873554805;
const SELU_SCALE_ALPHA = 1.7580993408473768;

const pow: Rule = (s, [x, y]) => power(s, x!, y!, (a, b) => [...a, ...b, ...CALL_POWER]);
/** The first function that a module imports: the library's power. */
const CALL_POWER = [0x10, 0];

/** `x < 0 ? negative : positive` */
const bySign = (s: Scope, x: Code, negative: Code, positive: Code): Code =>
  v128.select(f32.lessThan(x, s.float(0)), negative, positive);

const FUNCTIONS: Readonly<Record<string, ElementOp>> = {
  Exp: { float32: by(exp) },
  Expm1: { float32: by(expm1) },
  Log: { float32: by(log) },
  Log1p: { float32: by(log1p) },
  Tanh: { float32: by(tanh) },
  Sigmoid: { float32: by(sigmoid) },
  Softplus: { float32: by(softplus) },
  Pow: { float32: pow },
  // Adding 0 makes 0 of -0, as the host kernel does.
  Relu: { float32: (s, [x]) => add(f32.greater(x!, s.float(0)), s.float(0)) },
  Relu6: { float32: (s, [x]) => f32.lesser(f32.greater(x!, s.float(0)), s.float(6)) },
  LeakyRelu: {
    float32: (s, [x], { value = 0.2 }) =>
      v128.select(f32.greaterThan(x!, s.float(0)), x!, multiply(x!, s.float(value))),
  },
  Elu: { float32: (s, [x]) => bySign(s, x!, expm1(s, x!), x!) },
  Selu: {
    float32: (s, [x]) =>
      bySign(
        s,
        x!,
        multiply(s.float(SELU_SCALE_ALPHA), expm1(s, x!)),
        multiply(s.float(SELU_SCALE), x!),
      ),
  },
  Softsign: { float32: (s, [x]) => divide(x!, add(f32.abs(x!), s.float(1))) },
};

// ---- gradients ---------------------------------------------------------------------------------

/** The gradient where `mask` is set, which is a product as in TensorFlow: it keeps what is not a number. */
const where = (s: Scope, dy: Code, mask: Code): Code => multiply(dy, v128.and(mask, s.float(1)));

const GRADIENTS: Readonly<Record<string, ElementOp>> = {
  // (1 - y)(1 + y) is exact where y is close to 1 and 1 - y^2 would not be.
  TanhGrad: {
    float32: (s, [y, dy]) => multiply(dy!, multiply(subtract(s.float(1), y!), add(s.float(1), y!))),
  },
  SigmoidGrad: {
    float32: (s, [y, dy]) => multiply(multiply(dy!, y!), subtract(s.float(1), y!)),
  },
  SqrtGrad: { float32: (s, [y, dy]) => divide(multiply(dy!, s.float(0.5)), y!) },
  RsqrtGrad: {
    float32: (s, [y, dy]) => multiply(multiply(s.float(-0.5), dy!), multiply(multiply(y!, y!), y!)),
  },
  InvGrad: reciprocalGradient,
  ReciprocalGrad: reciprocalGradient,
  ReluGrad: { float32: (s, [dy, x]) => where(s, dy!, f32.greaterThan(x!, s.float(0))) },
  Relu6Grad: {
    float32: (s, [dy, x]) =>
      v128.and(dy!, v128.and(f32.greaterThan(x!, s.float(0)), f32.lessThan(x!, s.float(6)))),
  },
  LeakyReluGrad: {
    float32: (s, [dy, x], { value = 0.2 }) =>
      v128.select(f32.greaterThan(x!, s.float(0)), dy!, multiply(dy!, s.float(value))),
  },
  EluGrad: {
    float32: (s, [dy, y]) => bySign(s, y!, multiply(dy!, add(y!, s.float(1))), dy!),
  },
  SeluGrad: {
    float32: (s, [dy, y]) =>
      multiply(dy!, bySign(s, y!, add(y!, s.float(SELU_SCALE_ALPHA)), s.float(SELU_SCALE))),
  },
  SoftplusGrad: { float32: (s, [dy, x]) => multiply(dy!, sigmoid(s, x!)) },
  SoftsignGrad: {
    float32: (s, [dy, x]) => {
      const scale = s.name(add(s.float(1), f32.abs(x!)));
      return divide(dy!, multiply(scale, scale));
    },
  },
};

// ---- questions, selection, types ---------------------------------------------------------------

const comparison = (ofFloats: Binary, ofIntegers: Binary): ElementOp => ({
  float32: two(ofFloats),
  int32: two(ofIntegers),
  gives: 'bool',
});
const equality = (ofFloats: Binary, ofIntegers: Binary): ElementOp => ({
  ...comparison(ofFloats, ofIntegers),
  bool: two(ofIntegers),
});
const pick: Rule = (_, [mask, x, y]) => v128.select(mask!, x!, y!);
const choice: ElementOp = { float32: pick, int32: pick, bool: pick };
const identity: ElementOp = { float32: same, int32: same, bool: same };

const infinite: Rule = (s, [x]) => f32.equal(f32.abs(x!), s.float(Number.POSITIVE_INFINITY));
const finite: Rule = (s, [x]) => f32.lessThan(f32.abs(x!), s.float(Number.POSITIVE_INFINITY));

const OTHERS: Readonly<Record<string, ElementOp>> = {
  Equal: equality(f32.equal, i32.equal),
  NotEqual: equality(f32.notEqual, i32.notEqual),
  Less: comparison(f32.lessThan, i32.lessThan),
  LessEqual: comparison(f32.atMost, i32.atMost),
  Greater: comparison(f32.greaterThan, i32.greaterThan),
  GreaterEqual: comparison(f32.atLeast, i32.atLeast),
  IsNan: { float32: (_, [x]) => f32.notEqual(x!, x!), gives: 'bool' },
  IsInf: { float32: infinite, gives: 'bool' },
  IsFinite: { float32: finite, gives: 'bool' },
  LogicalAnd: { bool: two(v128.and) },
  LogicalOr: { bool: two(v128.or) },
  LogicalNot: { bool: one(v128.not) },
  Select: choice,
  Identity: identity,
  StopGradient: identity,
  PreventGradient: identity,
  Snapshot: identity,
};

const OPS = new Map<string, ElementOp>(
  [ARITHMETIC, FUNCTIONS, GRADIENTS, OTHERS].flatMap((family) => Object.entries(family)),
);

/** Four times the number `value` as a lane of `type`. */
function constant(s: Scope, value: number, type: ElementType): Code {
  if (type === 'float32') return s.float(value);
  return s.integer(type === 'int32' ? value : value === 0 ? 0 : -1);
}

/** Numbers of one type as those of another, by value. */
function cast(s: Scope, x: Code, from: ElementType, to: ElementType): Code {
  if (from === to) return x;
  if (to === 'bool') {
    return from === 'float32' ? f32.notEqual(x, s.float(0)) : i32.notEqual(x, s.integer(0));
  }
  if (from === 'bool') return v128.and(x, constant(s, 1, to));
  if (to === 'float32') return f32.fromIntegers(x);
  // As on x86: what does not fit, and what is not a number, is the lowest int32.
  const fits = f32.lessThan(x, s.float(2 ** 31));
  return v128.select(fits, i32.fromFloats(x), s.integer(-0x80000000));
}

/** The type of a node's result; `undefined` where generated code cannot compute it. */
export function resultType(
  node: RegionNode,
  operands: readonly ElementType[],
): ElementType | undefined {
  const { op, type } = node;
  if (op === 'Const') return type ?? 'float32';
  if (op === 'Cast') return type;
  if (op === 'ZerosLike' || op === 'OnesLike') return type ?? operands[0];
  const family = OPS.get(op);
  const key = op === 'Select' ? operands[1] : operands[0];
  if (!family || key === undefined || family[key] === undefined) return undefined;
  const alike = op === 'Select' ? operands.slice(1) : operands;
  if (alike.some((other) => other !== key)) return undefined;
  return family.gives ?? key;
}

/** The code that pushes a node's result. */
export function emitNode(
  s: Scope,
  node: RegionNode,
  operands: readonly Code[],
  types: readonly ElementType[],
): Code {
  const { op } = node;
  const given = resultType(node, types)!;
  if (op === 'Const') return constant(s, node.value!, given);
  if (op === 'Cast') return cast(s, operands[0]!, types[0]!, given);
  if (op === 'ZerosLike') return constant(s, 0, given);
  if (op === 'OnesLike') return constant(s, 1, given);
  const key = op === 'Select' ? types[1]! : types[0]!;
  return OPS.get(op)![key]!(s, operands, node);
}

/** Whether a module with this op imports the library's power. */
export const needsLibrary = (op: string): boolean => op === 'Pow';
/** How many times as long as an addition an op takes, roughly. */
export const isCostly = (op: string): boolean =>
  /^(Exp|Expm1|Log|Log1p|Tanh|Sigmoid|Softplus|SoftplusGrad|Pow|Elu|Selu)$/.test(op);
