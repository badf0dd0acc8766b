/** Blocks of a page become programs, and their output is compared line by line. */

import { expect, test } from '@jest/globals';
import { blocksOf, outputMatches, ownOutput, programOf } from '../../scripts/doc_blocks.ts';

const page = [
  '# Title',
  '```ts',
  'const a = tf.constant(1);',
  '```',
  'Words.',
  '',
  '```text',
  'first',
  '```',
  '```python',
  'a = 1',
  '```',
  '  ```ts continue',
  '  console.log(a);',
  '  ```',
  '```sh',
  'npm test',
  '```',
  '```text',
  'not the output of a block',
  '```',
  '```ts no-run',
  "import * as tf from 'tf1';",
  '```',
].join('\n');

test('blocks know their place, their words and what they print', () => {
  const expected = [
    { line: 2, code: 'const a = tf.constant(1);', words: [], output: 'first' },
    { line: 13, code: 'console.log(a);', words: ['continue'], output: null },
    { line: 22, code: "import * as tf from 'tf1';", words: ['no-run'], output: null },
  ];
  expect(blocksOf('p.md', page)).toEqual(expected.map((block) => ({ file: 'p.md', ...block })));
});

test('a program has what its block continues, and an import', () => {
  const blocks = blocksOf('p.md', page);
  expect(programOf(blocks, 0)).toBe("import * as tf from 'tf1';\nconst a = tf.constant(1);");
  const [start, , mark, own] = programOf(blocks, 1).split('\n');
  expect([start, own]).toEqual(["import * as tf from 'tf1';", 'console.log(a);']);
  expect(mark).toMatch(/^console\.log\("/);
  expect(programOf(blocks, 2)).toBe("import * as tf from 'tf1';");
  const text = /"(.*)"/.exec(mark ?? '')?.[1];
  expect(ownOutput(`before\n${text}\nafter\n`)).toBe('after\n');
});

test('output matches line by line, and ... is any lines', () => {
  expect(outputMatches('a  \nb\n', 'a\nb')).toBe(true);
  expect(outputMatches('a\nx\ny\nb\n', 'a\n...\nb')).toBe(true);
  expect(outputMatches('a\nb\n', 'a\n...\nb')).toBe(true);
  expect(outputMatches('a\nb\n', 'a')).toBe(false);
  expect(outputMatches('axb\n', 'a.b')).toBe(false);
});
