import { describe, expect, it, jest } from '@jest/globals';
import { expectTypeOf } from 'expect-type';
import {
  type Bound,
  type ContextManager,
  Entered,
  enter,
  Stack,
  scoped,
  with_,
} from '../../src/core/context.ts';
import { AssertionError, AttributeError, RuntimeError, ValueError } from '../../src/core/errors.ts';

/** A manager that writes down what happens to it. */
function traced<T>(
  log: string[],
  name: string,
  value: T,
  options: { swallow?: boolean; synchronousOnly?: boolean; fail?: Error } = {},
): ContextManager<T> {
  return {
    enter: () => {
      log.push(`enter ${name}`);
      return value;
    },
    exit: (error) => {
      log.push(error === undefined ? `exit ${name}` : `exit ${name} after ${error}`);
      if (options.fail) throw options.fail;
      return options.swallow;
    },
    synchronousOnly: options.synchronousOnly,
  };
}

describe('with', () => {
  it('gives the value to the body and returns its result', () => {
    const log: string[] = [];
    const result = with_(traced(log, 'a', 3), (value) => {
      log.push('body');
      return value * 2;
    });
    expect(result).toBe(6);
    expect(log).toEqual(['enter a', 'body', 'exit a']);
    expectTypeOf(result).toEqualTypeOf<number>();
  });
  it('enters several in order and leaves them in reverse order', () => {
    const log: string[] = [];
    const result = with_(
      traced(log, 'a', 1),
      traced(log, 'b', 'two'),
      traced(log, 'c', null),
      (x, y, z) => {
        expectTypeOf(x).toEqualTypeOf<number>();
        expectTypeOf(y).toEqualTypeOf<string>();
        expectTypeOf(z).toEqualTypeOf<null>();
        return [x, y, z] as const;
      },
    );
    expect(result).toEqual([1, 'two', null]);
    expect(log).toEqual(['enter a', 'enter b', 'enter c', 'exit c', 'exit b', 'exit a']);
  });
  it('leaves on an error, which each manager is told of', () => {
    const log: string[] = [];
    const fail = () =>
      with_(traced(log, 'a', 1), traced(log, 'b', 2), () => {
        throw new ValueError('no');
      });
    expect(fail).toThrow(new ValueError('no'));
    expect(log.slice(2)).toEqual(['exit b after ValueError: no', 'exit a after ValueError: no']);
  });
  it('lets a manager swallow the error, so that outer ones see none', () => {
    const log: string[] = [];
    const result = with_(traced(log, 'a', 1), traced(log, 'b', 2, { swallow: true }), () => {
      throw new ValueError('no');
    });
    expect(result).toBeUndefined();
    expect(log.slice(2)).toEqual(['exit b after ValueError: no', 'exit a']);
  });
  it('leaves the outer ones when an inner one cannot be entered or left', () => {
    const log: string[] = [];
    const broken: ContextManager<number> = {
      enter: () => {
        throw new ValueError('shut');
      },
      exit: () => {
        log.push('never');
      },
    };
    expect(() => with_(traced(log, 'a', 1), broken, () => 0)).toThrow('shut');
    expect(log).toEqual(['enter a', 'exit a after ValueError: shut']);
    const stuck = traced(log, 'b', 1, { fail: new AssertionError('stuck') });
    expect(() => with_(traced(log, 'a', 1), stuck, () => 0)).toThrow('stuck');
    expect(log.at(-1)).toBe('exit a after AssertionError: stuck');
  });
  it('keeps the body’s error as the cause of one that leaving raises', () => {
    const stuck = traced([], 'a', 1, { fail: new AssertionError('stuck') });
    const first = new ValueError('first');
    const fail = () =>
      with_(stuck, () => {
        throw first;
      });
    expect(fail).toThrow(expect.objectContaining({ message: 'stuck', cause: first }));
  });
  it('says what is no context manager', () => {
    const loosely = with_ as (...args: unknown[]) => unknown;
    expect(() => loosely({}, () => 0)).toThrow(AttributeError);
    expect(() => loosely(null, () => 0)).toThrow(/^__enter__\n\nThis is no context manager/);
    expect(() => loosely({ as_default: () => 0 }, () => 0)).toThrow(/Did you mean its as_default/);
    expect(() => loosely(traced([], 'a', 1))).toThrow(TypeError);
    expect(() => loosely(traced([], 'a', 1), 3)).toThrow(/takes context managers, then a function/);
  });
});

describe('with an asynchronous body', () => {
  it('leaves when the promise settles', async () => {
    const log: string[] = [];
    const result = with_(traced(log, 'a', 1), traced(log, 'b', 2), async (x, y) => {
      await null;
      log.push('body');
      return x + y;
    });
    expect(log).toEqual(['enter a', 'enter b']);
    expect(await result).toBe(3);
    expect(log.slice(2)).toEqual(['body', 'exit b', 'exit a']);
  });
  it('leaves when the promise is rejected', async () => {
    const log: string[] = [];
    const fail = async (): Promise<never> => {
      throw new ValueError('late');
    };
    await expect(with_(traced(log, 'a', 1), fail)).rejects.toThrow('late');
    expect(log.at(-1)).toBe('exit a after ValueError: late');
    await expect(with_(traced(log, 'b', 1, { swallow: true }), fail)).resolves.toBeUndefined();
  });
  it('is refused by a manager that changes the current scope, and leaves at once in order', () => {
    const log: string[] = [];
    const scope = traced(log, 'scope', 1, { synchronousOnly: true });
    const fail = () =>
      with_(scope, traced(log, 'b', 2), async () => {
        throw new ValueError('never seen');
      });
    expect(fail).toThrow(RuntimeError);
    expect(log.map((line) => line.split(':')[0])).toEqual([
      'enter scope',
      'enter b',
      'exit b after RuntimeError',
      'exit scope after RuntimeError',
    ]);
    expect(fail).toThrow(/^The body of tf.with\(\) returned a promise/);
  });
});

describe('enter', () => {
  it('returns an object itself, disposable', () => {
    const log: string[] = [];
    const session = { run: () => 1 };
    {
      using entered = enter(traced(log, 'a', session));
      expect(entered).toBe(session);
      expect(entered.run()).toBe(1);
      expect(Object.keys(entered)).toEqual(['run']);
      log.push('body');
    }
    expect(log).toEqual(['enter a', 'body', 'exit a']);
    expect(Reflect.ownKeys(session)).toEqual(['run']);
    expectTypeOf<Bound<{ run: () => number }>>().toExtend<{ run: () => number } & Disposable>();
  });
  it('holds what is no object in `value`', () => {
    const log: string[] = [];
    {
      using scope = enter(traced(log, 'scope', 'a/'));
      using device = enter(traced(log, 'device', null));
      expect(scope).toBeInstanceOf(Entered);
      expect(scope.value).toBe('a/');
      expect(`${scope}b`).toBe('a/b');
      expect(device.value).toBeNull();
      expectTypeOf(scope.value).toEqualTypeOf<string>();
    }
    expect(log).toEqual(['enter scope', 'enter device', 'exit device', 'exit scope']);
  });
  it('enters one object again before it is left', () => {
    const stack = new Stack<object>('Graph');
    const [g, h] = [{}, {}];
    {
      using _1 = enter(stack.get_controller(g));
      using _2 = enter(stack.get_controller(h));
      using _3 = enter(stack.get_controller(g));
      expect(stack.items).toEqual([g, h, g]);
    }
    expect(stack.is_cleared()).toBe(true);
    {
      using _1 = enter(stack.get_controller(g));
    }
    expect(stack.is_cleared()).toBe(true);
  });
  it('restores a dispose method of the object’s class', () => {
    const dispose = jest.fn();
    class Session {
      [Symbol.dispose]() {
        dispose();
      }
    }
    const session = new Session();
    {
      using _ = enter(traced([], 'a', session));
    }
    expect(dispose).not.toHaveBeenCalled();
    session[Symbol.dispose]();
    expect(dispose).toHaveBeenCalledTimes(1);
  });
  it('leaves when the block throws', () => {
    const log: string[] = [];
    const fail = () => {
      using _ = enter(traced(log, 'a', 1));
      throw new ValueError('no');
    };
    expect(fail).toThrow('no');
    expect(log).toEqual(['enter a', 'exit a']);
  });
  it('leaves again what it cannot make disposable', () => {
    const log: string[] = [];
    expect(() => enter(traced(log, 'a', Object.freeze({})))).toThrow(TypeError);
    expect(log[1]).toMatch(/^exit a after TypeError/);
  });
});

describe('scoped', () => {
  it('makes a manager that can be entered within itself', () => {
    const log: string[] = [];
    let depth = 0;
    const scope = scoped(() => {
      const at = ++depth;
      return [at, (error) => void log.push(`end ${at} ${error}`)];
    });
    with_(scope, (a) => with_(scope, (b) => log.push(`body ${a} ${b}`)));
    expect(log).toEqual(['body 1 2', 'end 2 undefined', 'end 1 undefined']);
    expect(scope.synchronousOnly).toBe(true);
  });
});

describe('Stack', () => {
  it('has the last one entered as default', () => {
    const stack = new Stack<string>('str');
    expect(stack.get_default()).toBeNull();
    with_(stack.get_controller('a'), (a) => {
      expect(stack.get_default()).toBe(a);
      with_(stack.get_controller('b'), () => expect(stack.get_default()).toBe('b'));
      expect(stack.get_default()).toBe('a');
    });
    expect(stack.is_cleared()).toBe(true);
  });
  it('raises TF1’s error when nesting is violated', () => {
    const stack = new Stack<string>('tensorflow.python.framework.ops.Graph');
    const [a, b] = [stack.get_controller('a'), stack.get_controller('b')];
    a.enter();
    b.enter();
    expect(() => a.exit()).toThrow(AssertionError);
    expect(() => stack.pop('c')).toThrow(
      /^Nesting violated for default stack of <class 'tensorflow.python.framework.ops.Graph'> objects/,
    );
    expect(stack.items).toEqual(['a', 'b']);
  });
  it('may be left in any order if nesting is not enforced, and after a reset', () => {
    const stack = new Stack<string>('Session');
    stack.enforce_nesting = false;
    stack.push('a');
    stack.push('b');
    stack.pop('a');
    expect(stack.items).toEqual(['b']);
    stack.pop('c');
    expect(stack.items).toEqual(['b']);
    stack.reset();
    stack.enforce_nesting = true;
    expect(() => stack.pop('b')).not.toThrow();
  });
});
