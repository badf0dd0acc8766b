/**
 * `expr('reduce_mean((W * x + b - y)^2)', { W, x, b, y })`: mathjs parses, and each part builds the
 * node that the call would build. The meaning is TensorFlow's: `*` is element by element, functions
 * go by their TF names, keywords are written `f(x, axis=1)`, indices count from 0 and are Python's:
 * `x[1:3]`, `x[::2]`, `x[..., None]`.
 */

import {
  type AccessorNode,
  type ArrayNode,
  type AssignmentNode,
  type ConditionalNode,
  type ConstantNode,
  type FunctionNode,
  type IndexNode,
  type MathNode,
  type OperatorNode,
  type ParenthesisNode,
  parse,
  type RangeNode,
  type RelationalNode,
  type SymbolNode,
} from 'mathjs/number';
import { DType } from '../core/dtype.ts';
import { KeyError, ValueError, withHint } from '../core/errors.ts';
import type { IndexSpec } from '../core/index_spec.ts';
import { nearest } from '../core/nearest.ts';
import { type Operand, type Operators, operator } from '../core/operand.ts';
import type { Tensor, TensorLike } from '../core/tensor.ts';
import * as tf from '../index.ts';
import { spelledOut } from './index_text.ts';

/** What the names in a formula stand for. */
export type Scope = Readonly<Record<string, TensorLike>>;
type Value = TensorLike | DType | null;
type BinaryOperator = Exclude<keyof Operators, 'at' | 'abs' | 'negative' | 'logical_not'>;
type TfFunction = (...args: unknown[]) => unknown;

/** Functions of mathematics that TF1 calls otherwise. */
const OTHER_NAMES: Readonly<Record<string, string>> = {
  ln: 'log',
  dot: 'matmul',
  max: 'reduce_max',
  mean: 'reduce_mean',
  min: 'reduce_min',
  prod: 'reduce_prod',
  sum: 'reduce_sum',
};
/** Functions of mathematics that TF1 has not, but derivatives give: each is 1 by another. */
const RECIPROCALS: Readonly<Record<string, (x: TensorLike) => Tensor>> = {
  sec: tf.cos,
  csc: tf.sin,
  cot: tf.tan,
  sech: tf.cosh,
  csch: tf.sinh,
  coth: tf.tanh,
};
const CONSTANTS: Readonly<Record<string, Value>> = {
  pi: Math.PI,
  e: Math.E,
  Infinity: Number.POSITIVE_INFINITY,
  NaN: Number.NaN,
  true: true,
  false: false,
  True: true,
  False: false,
  null: null,
  None: null,
  newaxis: null,
};
/** mathjs's names of operators, and the method of a tensor that each is. */
const BINARY: Readonly<Record<string, BinaryOperator>> = {
  add: 'add',
  subtract: 'subtract',
  multiply: 'multiply',
  dotMultiply: 'multiply',
  divide: 'truediv',
  dotDivide: 'truediv',
  pow: 'pow',
  dotPow: 'pow',
  mod: 'mod',
  equal: 'equal',
  unequal: 'not_equal',
  smaller: 'less',
  smallerEq: 'less_equal',
  larger: 'greater',
  largerEq: 'greater_equal',
  and: 'logical_and',
  or: 'logical_or',
  xor: 'logical_xor',
  bitAnd: 'logical_and',
  bitOr: 'logical_or',
  bitXor: 'logical_xor',
};

/**
 * The tensor that formula `text` stands for, its names taken from `scope`. SyntaxError where it is no
 * formula, KeyError for an unknown name (with the nearest one), ValueError for what has no meaning here.
 */
export function expr(text: string, scope: Scope = {}): Tensor {
  const value = new Builder(text, scope).build(parse(spelledOut(text)));
  return tf.convert_to_tensor(value as TensorLike);
}

/** Builds the parts of one formula. */
class Builder {
  private readonly text: string;
  private readonly scope: Scope;

  constructor(text: string, scope: Scope) {
    this.text = text;
    this.scope = scope;
  }

  build(node: MathNode): Value {
    switch (node.type) {
      case 'ConstantNode':
        return (node as ConstantNode<number>).value;
      case 'ParenthesisNode':
        return this.build((node as ParenthesisNode).content);
      case 'SymbolNode':
        return this.name((node as SymbolNode).name);
      case 'OperatorNode':
        return this.operator(node as OperatorNode);
      case 'RelationalNode':
        return this.relation(node as RelationalNode);
      case 'FunctionNode':
        return this.call(node as FunctionNode);
      case 'ArrayNode':
        return (node as ArrayNode).items.map((item) => this.build(item)) as TensorLike;
      case 'ConditionalNode':
        return this.choice(node as ConditionalNode);
      case 'AccessorNode':
        return this.access(node as AccessorNode);
      default:
        return this.refuse(
          `'${node.toString()}' (${node.type}) has no meaning in a formula of tensors`,
        );
    }
  }

  private name(name: string): Value {
    if (Object.hasOwn(this.scope, name)) return this.scope[name]!;
    if (Object.hasOwn(CONSTANTS, name)) return CONSTANTS[name]!;
    const known: unknown = (tf as Readonly<Record<string, unknown>>)[name];
    if (known instanceof DType) return known;
    const meant = nearest(name, [...Object.keys(this.scope), ...Object.keys(CONSTANTS)]);
    throw new KeyError(
      withHint(
        `name '${name}' is not defined`,
        `In "${this.text}". ${meant ? `Did you mean '${meant}'? ` : ''}Known names: ${Object.keys(this.scope).join(', ') || 'none'}.`,
      ),
    );
  }

  private operator({ fn, args, op }: OperatorNode): Value {
    const operands = args.map((arg) => this.build(arg));
    const [x, y] = operands;
    if (operands.length === 1) return this.unary(fn as string, op as string, x!);
    const method = BINARY[fn as string];
    if (method === undefined) return this.refuse(`operator '${op}' has no meaning for tensors`);
    if (operands.every((operand) => typeof operand === 'number'))
      return fold(method, x as number, y as number);
    return operands.slice(1).reduce((left, right) => operate(method, left!, right!), x!) as Value;
  }

  private unary(fn: string, op: string, x: Value): Value {
    switch (fn) {
      case 'unaryMinus':
        return typeof x === 'number' ? -x : operator('negative')(x as TensorLike);
      case 'unaryPlus':
        return x;
      case 'not':
      case 'bitNot':
        return operator('logical_not')(x as TensorLike);
      case 'ctranspose':
        return tf.transpose(x as TensorLike);
      default:
        return this.refuse(`operator '${op}' has no meaning for tensors`);
    }
  }

  /** `a < b <= c`: each pair, and all of them. */
  private relation({ conditionals, params }: RelationalNode): Value {
    const values = params.map((param) => this.build(param));
    const pairs = conditionals.map((name, i) => operate(BINARY[name]!, values[i]!, values[i + 1]!));
    return pairs.reduce((all, pair) => operate('logical_and', all, pair));
  }

  private choice({ condition, trueExpr, falseExpr }: ConditionalNode): Value {
    const [chosen, x, y] = [condition, trueExpr, falseExpr].map(
      (node) => this.build(node) as TensorLike,
    );
    return tf.where(chosen!, x!, y!);
  }

  private call({ fn, args }: FunctionNode): Value {
    const path = fn.toString();
    const called = this.functionAt(path);
    const keywords: Record<string, Value> = {};
    const values: Value[] = [];
    for (const arg of args) {
      if (arg.type === 'AssignmentNode') {
        const { object, value } = arg as AssignmentNode;
        keywords[object.toString()] = this.build(value);
      } else values.push(this.build(arg));
    }
    const rest = Object.keys(keywords).length > 0 ? [keywords] : [];
    return called(...values, ...rest) as Value;
  }

  private functionAt(written: string): TfFunction {
    const path = written.replace(/^tf\./, '');
    const found =
      lookUp(Object.hasOwn(OTHER_NAMES, path) ? OTHER_NAMES[path]! : path) ??
      lookUp(`nn.${path}`) ??
      reciprocal(path);
    if (found) return found;
    const meant = nearest(path, [
      ...Object.keys(tf),
      ...Object.keys(tf.nn).map((name) => `nn.${name}`),
    ]);
    throw new KeyError(
      withHint(
        `name '${path}' is not defined`,
        `There is no function tf.${path}, in "${this.text}".${meant ? ` Did you mean '${meant}'?` : ''}`,
      ),
    );
  }

  private access(node: AccessorNode): Value {
    const index = node.index as IndexNode;
    if (node.name !== '') return this.refuse(`'${node}' is no function and no tensor`);
    const value = this.build(node.object);
    const specs = index.dimensions.map((dimension) => this.indexSpec(dimension));
    const [first] = specs;
    if (Array.isArray(value) && specs.length === 1 && typeof first === 'number')
      return (value as readonly Value[]).at(first) ?? this.refuse('list index out of range');
    return tf.convert_to_tensor(value as TensorLike).at(...specs);
  }

  private indexSpec(node: MathNode): IndexSpec<Operand> {
    if (node.type === 'SymbolNode' && (node as SymbolNode).name === 'Ellipsis') return '...';
    if (node.type !== 'RangeNode') return this.position(node);
    const { start, end, step } = node as RangeNode;
    // Three parts are start, step and end to mathjs; Python has the step last.
    const [stop, stride] = step === null ? [end, null] : [step, end];
    const bound = (part: MathNode | null) => (part === null ? null : this.position(part));
    return { start: bound(start), stop: bound(stop), step: bound(stride) };
  }

  /** An integer, a tensor or nothing. */
  private position(node: MathNode): number | Operand | null {
    if (node.type === 'SymbolNode' && (node as SymbolNode).name === 'end') return null;
    const value = this.build(node);
    if (value === null || typeof value === 'number') return value;
    return tf.convert_to_tensor(value as TensorLike);
  }

  private refuse(why: string): never {
    throw new ValueError(withHint(why, `In "${this.text}".`));
  }
}

function reciprocal(name: string): TfFunction | undefined {
  const f = Object.hasOwn(RECIPROCALS, name) ? RECIPROCALS[name] : undefined;
  return f && ((x) => operator('truediv')(1, f(x as TensorLike)));
}

function lookUp(path: string): TfFunction | undefined {
  let object: unknown = tf;
  for (const part of path.split('.')) {
    if (typeof object !== 'object' || object === null || !Object.hasOwn(object, part))
      return undefined;
    object = (object as Record<string, unknown>)[part];
  }
  return typeof object === 'function' ? (object as TfFunction) : undefined;
}

/** Arithmetic of two plain numbers stays a number, as it does in Python. */
function fold(method: BinaryOperator, x: number, y: number): Value {
  switch (method) {
    case 'add':
      return x + y;
    case 'subtract':
      return x - y;
    case 'multiply':
      return x * y;
    case 'truediv':
      return x / y;
    case 'pow':
      return x ** y;
    case 'mod':
      return x - y * Math.floor(x / y);
    default:
      return operate(method, x, y);
  }
}

/** What Python's operator builds for two operands of which one may be a plain value. */
function operate(method: BinaryOperator, x: Value, y: Value): Tensor {
  return operator(method)(x as TensorLike, y as TensorLike);
}
