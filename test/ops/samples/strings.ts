/** Samples of the string functions, and of checks that pass. */

import * as dtypes from '../../../src/core/dtype.ts';
import { bool, c64, f32, f64, i8, i32, i64, type Samples, sample, text } from '../sample.ts';

const WORDS = text(['', 'a', 'héllo wörld', 'abcdefghijklmnopq', '  spaced\t']);
const GRID = text([
  ['a', 'b', 'c'],
  ['d', 'e', 'f'],
]);
const RAW = text(['abcdefgh', 'ijklmnop']);

const texts = {
  StringJoin: [
    sample('string_join', [[text(['a', 'b']), text(['c', 'd'])], '-']),
    sample('string_join', [[text('x'), GRID]], { separator: '' }),
  ],
  ReduceJoin: [
    sample('reduce_join', [GRID, 0]),
    sample('reduce_join', [GRID, [0, 1]], { separator: '.' }),
    sample('reduce_join', [GRID], { axis: [1, 0], keep_dims: true }),
    sample('reduce_join', [GRID, [-1]], { keep_dims: true }),
  ],
  StringSplit: [
    sample('string_split', [text(['a b  c', '', 'd'])]),
    sample('string_split', [text(['a,b;c', ',']), ',;'], { skip_empty: false }),
    sample('string_split', [text(['abc'])], { delimiter: '' }),
  ],
  Substr: [
    sample('substr', [text(['hello', 'world']), 1, 3]),
    sample('substr', [text(['hello', 'world']), i32([1, 2]), i32([9, 1])]),
  ],
  StringStrip: [sample('string_strip', [WORDS])],
  RegexReplace: [
    sample('regex_replace', [WORDS, '[aeo]', '<\\0>']),
    sample('regex_replace', [WORDS, '(l)(l|d)', '\\2\\1'], { replace_global: false }),
  ],
  RegexFullMatch: [sample('strings.regex_full_match', [WORDS, 'a.*'])],
  StaticRegexFullMatch: [
    sample('raw_ops.StaticRegexFullMatch', [], { input: WORDS, pattern: 'a.*' }),
    sample('raw_ops.StaticRegexFullMatch', [], { input: text('A\nb'), pattern: '(?is)a.*' }),
  ],
  StaticRegexReplace: [
    sample('raw_ops.StaticRegexReplace', [], {
      input: WORDS,
      pattern: '([aeiou])',
      rewrite: '<\\1>',
      replace_global: false,
    }),
  ],
  StringToNumber: [
    sample('string_to_number', [text(['1.5', '-2e3', ' 7 '])]),
    sample('string_to_number', [text([['1'], ['-2']]), dtypes.int64]),
    sample('string_to_number', [text('0.1')], { out_type: dtypes.float64 }),
  ],
  AsString: [
    sample('as_string', [f32([1.5, -0.25, 1e10])]),
    sample('as_string', [f64([1 / 3, 2.5])], { precision: 3 }),
    sample('as_string', [f64([1 / 3, 1e-7])], { scientific: true, width: 15 }),
    sample('as_string', [f32([0.1, 100])], { shortest: true }),
    sample('as_string', [i64([7, -12])], { width: 5, fill: '0' }),
    sample('as_string', [i8([7, -12])]),
    sample('as_string', [bool([true, false])]),
    sample('as_string', [c64([1], [1.5, -2])]),
  ],
  StringToHashBucket: [sample('string_to_hash_bucket', [WORDS, 1000])],
  StringToHashBucketFast: [
    sample('string_to_hash_bucket_fast', [WORDS, 1000]),
    sample('string_to_hash_bucket_fast', [GRID, 7]),
  ],
  StringToHashBucketStrong: [sample('string_to_hash_bucket_strong', [WORDS, 1000, [7, 8]])],
  EncodeBase64: [sample('encode_base64', [WORDS]), sample('encode_base64', [WORDS], { pad: true })],
  DecodeBase64: [sample('decode_base64', [text(['', 'YQ', 'aMOpbGxv'])])],
  DecodeRaw: [
    sample('decode_raw', [RAW, dtypes.uint8]),
    sample('decode_raw', [RAW, dtypes.int16]),
    sample('decode_raw', [RAW, dtypes.float32], { little_endian: false }),
    sample('decode_raw', [RAW, dtypes.float16]),
    sample('decode_raw', [text([RAW.data[0] as string]), dtypes.int32]),
  ],
};

const checks = {
  PrintV2: [],
  Assert_: [],
  CheckNumerics: [
    sample('check_numerics', [f32([1, 2]), 'message']),
    sample('verify_tensor_all_finite', [f64([1, 2]), 'message']),
    sample('is_strictly_increasing', [f32([1, 2, 4])], {}, { gradient: false }),
    sample('is_strictly_increasing', [f32([1, 2, 2])], {}, { gradient: false }),
    sample('is_non_decreasing', [
      i32([
        [1, 2],
        [2, 5],
      ]),
    ]),
    sample('is_non_decreasing', [i64([3, 2])]),
    sample('is_non_decreasing', [i32([])]),
  ],
  Print_: [sample('Print', [f32([1, 2]), [f32([3])]], { message: 'shown: ', first_n: 0 })],
};

export const strings = { ...texts, ...checks } satisfies Samples<
  typeof import('../../../src/ops/strings.ts') & typeof import('../../../src/ops/checks.ts')
>;
