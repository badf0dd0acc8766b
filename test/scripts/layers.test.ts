/** The layer check finds every kind of import that the layers forbid. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { cyclesOf, drawing, faultsOf } from '../../scripts/layers.ts';
import { type Import, importsOf, readSource } from '../../scripts/sources.ts';

const folder = mkdtempSync(join(tmpdir(), 'tf1-layers-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** The imports of files given by their text. */
function parsed(texts: Record<string, string>): Map<string, Import[]> {
  const file = join(folder, 'source.ts');
  return new Map(
    Object.entries(texts).map(([name, text]) => {
      writeFileSync(file, text);
      return [name, importsOf(readSource(file))];
    }),
  );
}

test('every way to import is seen, with its line', () => {
  const [imports] = parsed({
    'src/core/a.ts': [
      "import x, { y } from './x.ts';",
      "import type { T } from './t.ts';",
      "import { type U, type V } from './u.ts';",
      "import './side.ts';",
      "export * from './all.ts';",
      "export { z } from './z.ts';",
      "export type { W } from './w.ts';",
      "const é = await import('mathjs');",
      "type Q = import('node:fs').Stats;",
      'await import(name);',
      'const text = "import y from \'quoted\'"; // import z from "comment"',
    ].join('\n'),
  }).values();
  expect(imports).toEqual([
    { target: './x.ts', line: 1, typeOnly: false, dynamic: false },
    { target: './t.ts', line: 2, typeOnly: true, dynamic: false },
    { target: './u.ts', line: 3, typeOnly: true, dynamic: false },
    { target: './side.ts', line: 4, typeOnly: false, dynamic: false },
    { target: './all.ts', line: 5, typeOnly: false, dynamic: false },
    { target: './z.ts', line: 6, typeOnly: false, dynamic: false },
    { target: './w.ts', line: 7, typeOnly: true, dynamic: false },
    { target: 'mathjs', line: 8, typeOnly: false, dynamic: true },
    { target: 'node:fs', line: 9, typeOnly: true, dynamic: false },
    { target: '?', line: 10, typeOnly: false, dynamic: true },
  ]);
});

test('imports that point down are no fault', () => {
  const files = parsed({
    'src/core/a.ts': "import './b.ts';",
    'src/core/b.ts': '',
    'src/numpy/n.ts': "import '../core/a.ts'; import 'fflate';",
    'src/ops/math.ts': "import '../core/a.ts'; import '../numpy/n.ts';",
    'src/api/nn.ts': "import '../ops/math.ts';",
    'src/index.ts': "import './api/nn.ts';",
  });
  expect(faultsOf(files)).toEqual([]);
  expect(drawing(files)).toContain('ops          1 file    -> core numpy');
});

test('an import upwards, sideways, out of src, of a foreign package or of nothing is a fault', () => {
  const files = parsed({
    'src/core/a.ts': "import type { B } from '../ops/b.ts';",
    'src/ops/b.ts': "import '../graph/c.ts';",
    'src/graph/c.ts': "import '../backend/d.ts';\nimport 'fflate';\nimport 'node:fs';",
    'src/backend/d.ts': "import './gone.ts'; import '../../test/x.ts'; import 'fflate';",
    'src/session/e.ts': "await import('mathjs'); await import(name);",
    'src/extra/f.ts': '',
  });
  expect(faultsOf(files)).toEqual([
    'src/core/a.ts:1: src/core may not import src/ops, which is above it',
    'src/ops/b.ts:1: src/ops imports core and numpy only, not src/graph',
    'src/graph/c.ts:1: src/graph may not import src/backend, which is beside it',
    'src/graph/c.ts:3: only src/platform may import node:fs, not src/graph',
    'src/backend/d.ts:1: src/backend/gone.ts does not exist',
    'src/backend/d.ts:1: test/x.ts is outside src',
    'src/session/e.ts:1: only src/math may import mathjs, not src/session',
    'src/session/e.ts:1: import() of something that is not a literal cannot be checked',
    'src/extra/f.ts: folder extra stands in no layer',
    'fflate is imported by graph and backend, not by one',
  ]);
});

test('loops are imports at run time only', () => {
  const files = parsed({
    'src/core/a.ts': "import './b.ts';",
    'src/core/b.ts': "import './c.ts'; import type { A } from './a.ts';",
    'src/core/c.ts': "import './b.ts';",
  });
  expect(cyclesOf(files)).toEqual([['src/core/b.ts', 'src/core/c.ts', 'src/core/b.ts']]);
});
