/** Command line flags as TF1 programs declare them. Values and texts are those of TensorFlow's flags. */

import { beforeEach, expect, test } from '@jest/globals';
import * as tf from 'tf1';
import { parseFlags, resetFlags } from '../../src/platform/flags.ts';

const { flags } = tf.app;

beforeEach(() => {
  resetFlags();
  flags.DEFINE_string('name', 'x', 'the name');
  flags.DEFINE_integer('steps', 10, 'how many');
  flags.DEFINE_float('rate', 0.5, 'the rate');
  flags.DEFINE_boolean('debug', false, 'debugging');
  flags.DEFINE_list('items', ['a'], 'some');
  flags.DEFINE_enum('mode', 'train', ['train', 'test'], 'the mode');
});

const DEFAULTS = { name: 'x', steps: 10, rate: 0.5, debug: false, items: ['a'], mode: 'train' };

test.each<[string[], Partial<typeof DEFAULTS>, string[]]>([
  [[], {}, []],
  [['--name=y', '--steps', '5', 'rest', '--rate=1'], { name: 'y', steps: 5, rate: 1 }, ['rest']],
  [['--debug'], { debug: true }, []],
  [['--nodebug'], { debug: false }, []],
  [['--debug=true'], { debug: true }, []],
  [['--items=a,b'], { items: ['a', 'b'] }, []],
  [['-steps=3'], { steps: 3 }, []],
  [['--', '--steps=3'], {}, ['--steps=3']],
  [['--steps=0x10'], { steps: 16 }, []],
  [['--rate=3'], { rate: 3 }, []],
])('%j', (argv, values, rest) => {
  expect(parseFlags(['p', ...argv], false)).toEqual(['p', ...rest]);
  expect({ ...flags.FLAGS }).toEqual({ ...DEFAULTS, ...values });
});

test.each([
  [
    '--rate=abc',
    'IllegalFlagValueError',
    "flag --rate=abc: could not convert string to float: 'abc'",
  ],
  [
    '--steps=1.5',
    'IllegalFlagValueError',
    "flag --steps=1.5: invalid literal for int() with base 10: '1.5'",
  ],
  [
    '--debug=maybe',
    'IllegalFlagValueError',
    "flag --debug=maybe: ('Non-boolean argument to boolean flag', 'maybe')",
  ],
  ['--what=1', 'UnrecognizedFlagError', "Unknown command line flag 'what'"],
  [
    '--stesp=1',
    'UnrecognizedFlagError',
    "Unknown command line flag 'stesp'. Did you mean: steps ?",
  ],
  ['--mode=fly', 'IllegalFlagValueError', 'flag --mode=fly: value should be one of <train|test>'],
  ['--steps', 'Error', 'Missing value for flag --steps'],
  ['--nodebug=true', 'ValueError', '--nodebug=true does not take an argument'],
])('%s is refused', (argument, name, message) => {
  let error: unknown;
  try {
    parseFlags(['p', argument], false);
  } catch (thrown) {
    error = thrown;
  }
  expect(error).toMatchObject({ name, message });
});

test('a flag is set and asked for by name', () => {
  parseFlags(['p'], false);
  flags.FLAGS.steps = 7;
  expect(flags.FLAGS.steps).toBe(7);
  expect(() => flags.FLAGS.nope).toThrow('nope');
  expect('steps' in flags.FLAGS).toBe(true);
  expect(flags.FLAGS.flag_values_dict()).toEqual({ ...DEFAULTS, steps: 7 });
});

test('a required flag must have a value', () => {
  flags.DEFINE_string('must', null, 'needed');
  flags.mark_flags_as_required(['must']);
  expect(() => parseFlags(['p'], false)).toThrow(
    'flag --must=None: Flag --must must have a value other than None.',
  );
  expect(parseFlags(['p', '--must=1'], false)).toEqual(['p']);
});

test('run gives main what is no flag, and unknown flags', () => {
  let seen: string[] = [];
  tf.app.run(
    (argv) => {
      seen = argv;
    },
    ['p', '--steps=2', '--other=1', 'file'],
  );
  expect(seen).toEqual(['p', '--other=1', 'file']);
  expect(tf.flags.FLAGS.steps).toBe(2);
});
