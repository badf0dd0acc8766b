import { inspect } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import * as module from '../../src/core/errors.ts';

const errors = { ...module };

/** TensorFlow's numbers, of error_codes.proto. */
const CODES = {
  CancelledError: 1,
  UnknownError: 2,
  InvalidArgumentError: 3,
  DeadlineExceededError: 4,
  NotFoundError: 5,
  AlreadyExistsError: 6,
  PermissionDeniedError: 7,
  ResourceExhaustedError: 8,
  FailedPreconditionError: 9,
  AbortedError: 10,
  OutOfRangeError: 11,
  UnimplementedError: 12,
  InternalError: 13,
  UnavailableError: 14,
  DataLossError: 15,
  UnauthenticatedError: 16,
} as const;

describe('Python’s errors', () => {
  it('have Python’s names and hierarchy', () => {
    const { KeyError, IndexError, LookupError, NotImplementedError, RuntimeError } = errors;
    expect(new KeyError('k')).toBeInstanceOf(LookupError);
    expect(new IndexError('k')).toBeInstanceOf(LookupError);
    expect(new NotImplementedError('k')).toBeInstanceOf(RuntimeError);
    expect(new errors.ZeroDivisionError('k')).toBeInstanceOf(errors.ArithmeticError);
    expect(new errors.ValueError('k')).not.toBeInstanceOf(LookupError);
    for (const name of [
      'ValueError',
      'AttributeError',
      'AssertionError',
      'StopIteration',
    ] as const) {
      const error = new errors[name]('text');
      expect(error).toBeInstanceOf(Error);
      expect(error.name).toBe(name);
      expect(String(error)).toBe(`${name}: text`);
      expect(error.stack).toMatch(new RegExp(`^${name}: text\n`));
      expect(Object.keys(error)).toEqual([]);
    }
  });
  it('keep a subclass’s name to give', () => {
    class CouldNotFitError extends errors.ValueError {}
    expect(new CouldNotFitError('a').name).toBe('ValueError');
    class NamedError extends errors.ValueError {
      override name = 'NamedError';
    }
    expect(String(new NamedError('a'))).toBe('NamedError: a');
  });
});

describe('a hint', () => {
  it('follows after a blank line', () => {
    expect(errors.withHint('text', 'hint')).toBe('text\n\nhint');
    expect(errors.withHint('text', '')).toBe('text');
    expect(errors.withHint('text', undefined)).toBe('text');
  });
});

describe('tf.errors', () => {
  it.each(Object.entries(CODES))('%s has code %i', (name, code) => {
    const type = errors[name as keyof typeof CODES];
    const error = new type(null, null, 'text');
    expect(error).toBeInstanceOf(errors.OpError);
    expect(error).toBeInstanceOf(Error);
    expect([error.name, error.message, error.error_code]).toEqual([name, 'text', code]);
    expect([error.op, error.node_def]).toEqual([null, null]);
    const constant = name
      .replace(/Error$/, '')
      .replace(/(?<=.)[A-Z]/g, '_$&')
      .toUpperCase();
    expect(errors[constant as 'ABORTED']).toBe(code);
    expect(errors.exception_type_from_error_code(code)).toBe(type);
    expect(errors.error_code_from_exception_type(type)).toBe(code);
  });
  it('takes other codes for what it does not know', () => {
    expect(new errors.UnknownError(null, null, 'text', 77).error_code).toBe(77);
    expect(new errors.OpError(null, null, 'text', 3).error_code).toBe(3);
    expect(errors.OK).toBe(0);
    expect(() => errors.exception_type_from_error_code(0)).toThrow(errors.KeyError);
    expect(() => errors.exception_type_from_error_code(99)).toThrow(new errors.KeyError('99'));
    expect(() => errors.error_code_from_exception_type(errors.OpError)).toThrow(errors.KeyError);
    expect(() => errors.error_code_from_exception_type(3)).toThrow(errors.KeyError);
  });
});

describe('the node of an error', () => {
  const text = "You must feed a value for placeholder tensor 'x' with dtype float and shape [?,3]";
  const node = 'x = Placeholder[dtype=DT_FLOAT, shape=[?,3]]()';
  const op = {
    name: 'x',
    traceback: [
      ['main.ts', 3, '<module>', "  const x = tf.placeholder(tf.float32, [null, 3], 'x');"],
      ['model.ts', 5, 'build'],
    ] as const,
  };
  const caused =
    "\n\nCaused by op 'x', defined at:\n" +
    '  File "main.ts", line 3, in <module>\n' +
    "    const x = tf.placeholder(tf.float32, [null, 3], 'x');\n" +
    '  File "model.ts", line 5, in build\n';

  it('is added where it ran', () => {
    const nodeDef = { name: 'x' };
    const error = new errors.InvalidArgumentError(null, null, text);
    expect(error.locate(node, nodeDef, op)).toBe(error);
    expect(error.message).toBe(`${text}\n\t [[Node: ${node}]]`);
    expect(error.op).toBe(op);
    expect(error.node_def).toBe(nodeDef);
    expect(String(error)).toBe(`InvalidArgumentError: ${error.message}${caused}`);
    expect(Object.keys(error)).toEqual([]);
  });
  it('comes ahead of a hint', () => {
    const error = new errors.InvalidArgumentError(null, null, errors.withHint(text, 'Feed it.'));
    error.locate(node, null, op);
    expect(error.message).toBe(`${text}\n\t [[Node: ${node}]]\n\nFeed it.`);
  });
  it('is the innermost one', () => {
    const error = new errors.InternalError(null, null, 'text').locate('a = A()', null, {
      name: 'a',
    });
    error.locate('b = B()', null, { name: 'b' });
    expect(error.op).toEqual({ name: 'a' });
    expect(error.message).toBe('text\n\t [[Node: a = A()]]');
    const given = new errors.InternalError(null, op, 'text').locate(node, null, { name: 'b' });
    expect(given.message).toBe('text');
    expect(given.op).toBe(op);
  });
  it('shows in what an uncaught error prints', () => {
    const error = new errors.InvalidArgumentError(null, null, text).locate(node, null, op);
    const start = `InvalidArgumentError: ${text}\n\t [[Node: ${node}]]${caused}`;
    expect(error.stack?.startsWith(start)).toBe(true);
    expect(error.stack).toMatch(/\n {4}at .*errors\.test\.ts/);
    expect(inspect(error)).toContain("Caused by op 'x', defined at:");
    const direct = new errors.DataLossError(null, op, 'lost');
    expect(direct.stack?.startsWith(`DataLossError: lost${caused}`)).toBe(true);
  });
  it('names the operation that a gradient was made for', () => {
    const gradient = { name: 'gradients/x_grad', traceback: [], _original_op: op };
    const error = new errors.InternalError(null, gradient, 'text');
    expect(String(error)).toBe(
      "InternalError: text\n\nCaused by op 'gradients/x_grad', defined at:\n" +
        `\n...which was originally created as op 'x', defined at:\n${caused.split('defined at:\n')[1]}`,
    );
  });
  it('may be unknown to the graph', () => {
    const error = new errors.InternalError(null, null, 'text').locate(
      '_send = _Send()',
      { name: '_send' },
      null,
    );
    expect(error.op).toBeNull();
    expect(String(error)).toBe('InternalError: text\n\t [[Node: _send = _Send()]]');
  });
});

describe('raise_exception_on_not_ok_status', () => {
  const leave = (code: number, message: string, error?: unknown) => {
    const manager = new errors.raise_exception_on_not_ok_status();
    Object.assign(manager.enter(), { code, message });
    return manager.exit(error);
  };
  it('raises what the status says', () => {
    expect(leave(0, '')).toBe(false);
    expect(() => leave(5, 'gone')).toThrow(new errors.NotFoundError(null, null, 'gone'));
    expect(() => leave(77, 'odd')).toThrow(
      expect.objectContaining({ name: 'UnknownError', error_code: 77 }),
    );
    expect(leave(5, 'gone', new Error('first'))).toBe(false);
  });
});
