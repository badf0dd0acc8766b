/** Public functions against TF 1.8's signatures: the names of the parameters, their order, which have defaults, and what those are. */

import { describe, expect, test } from '@jest/globals';
import * as tf from 'tf1';
import { type ParameterList, parametersOf } from '../../src/core/signature.ts';
import { sharedText, skipWithout } from './shared.ts';

interface Reference {
  readonly names: readonly string[];
  readonly required: number;
  readonly variadic: boolean;
  /** Whether it takes further keywords, which TF1 hands on. */
  readonly open: boolean;
}

/** Reads `(x, axis=None, name=None)`; keyword-only parameters after `*args` count as the rest. */
function parseSignature(text: string): Reference {
  const parts: string[] = [];
  let depth = 0;
  let current = '';
  // A default that is itself a comma: `field_delim=,`.
  for (const c of text.replace(/^\(|\)$/g, '').replace('=,,', '=COMMA,')) {
    if (c === ',' && depth === 0) {
      parts.push(current.trim());
      current = '';
      continue;
    }
    if ('([{<'.includes(c)) depth++;
    if (')]}>'.includes(c)) depth--;
    current += c;
  }
  if (current.trim()) parts.push(current.trim());
  const plain = parts.filter((part) => !part.startsWith('*'));
  return {
    names: plain.map((part) => part.split('=')[0]!),
    required: plain.filter((part) => !part.includes('=')).length,
    variadic: parts.some((part) => /^\*\w/.test(part)),
    open: parts.some((part) => part.startsWith('**')),
  };
}

/** The function that `tf.a.b.c` names here, if there is one. */
function lookUp(path: string): unknown {
  let object: unknown = tf;
  for (const part of path.split('.').slice(1)) {
    if ((typeof object !== 'object' && typeof object !== 'function') || object === null)
      return undefined;
    object = (object as Record<string, unknown>)[part];
  }
  return object;
}

const text = sharedText('reference/tf1_api.tsv');
if (text === null) skipWithout('reference/tf1_api.tsv');
else {
  const rows = text.split('\n').map((line) => line.split('\t'));
  const functions = rows.filter(
    ([, kind, signature]) => kind === 'function' && signature?.startsWith('('),
  );
  const present = functions.flatMap(([path, , signature]) => {
    const list =
      typeof lookUp(path!) === 'function' ? parametersOf(lookUp(path!) as object) : undefined;
    return list ? [[path!, list, parseSignature(signature!)] as const] : [];
  });

  describe("signatures are TF 1.8's", () => {
    test.each(present)('%s', (_path, list: ParameterList, reference: Reference) => {
      expect(list.variadic).toBe(reference.variadic);
      if (list.variadic) return;
      // TF 1.8 keeps deprecated names as trailing parameters; here they are aliases.
      const aliases = Object.keys(list.aliases);
      const expected = reference.names.filter((name) => !aliases.includes(name));
      expect(list.names.filter((name) => expected.includes(name))).toEqual(expected);
      const further = list.names.filter((name) => !expected.includes(name));
      if (!reference.open) expect(further).toEqual([]);
      expect(list.required).toBe(reference.required);
    });
  });

  test('hundreds of public functions are compared', () => {
    expect(present.length).toBeGreaterThan(300);
  });
}
