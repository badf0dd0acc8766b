/** The graphs of small programs are TensorFlow's, node by node. Recorded by test/golden/record_graphs.py. */

import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import * as tf from 'tf1';
import { PROGRAMS } from './golden_programs.ts';
import { plainAttr } from './plain_attrs.ts';

interface Row {
  readonly name: string;
  readonly op: string;
  readonly input: readonly string[];
  readonly attr: Readonly<Record<string, unknown>>;
  readonly device?: string;
}

function golden(program: string): Row[] {
  const file = new URL(`../golden/graphs/${program}.json`, import.meta.url);
  return (JSON.parse(readFileSync(file, 'utf8')) as { node: Row[] }).node;
}

const inGradients = (name: string) => /^\^?gradients(_\d+)?(\/|$)/.test(name);

/** The default graph as the recording script writes rows. */
function rows(): Row[] {
  const { node } = tf.get_default_graph().as_graph_def();
  return node
    .filter(({ name }) => !inGradients(name))
    .map(({ name, op, input, attr, device }) => ({
      name,
      op,
      input: input.map((source) => (inGradients(source) ? 'gradients/' : source)),
      attr: Object.fromEntries(Object.entries(attr).map(([key, value]) => [key, plainAttr(value)])),
      ...(device ? { device } : {}),
    }));
}

const byName = (all: readonly Row[]) => [...all].sort((a, b) => (a.name < b.name ? -1 : 1));

test.each(Object.keys(PROGRAMS))('%s', (program) => {
  tf.reset_default_graph();
  PROGRAMS[program]!();
  const wanted = golden(program);
  const built = rows();
  const names = (all: readonly Row[]) => all.map(({ name, op }) => `${name}: ${op}`);
  expect(names(built).sort()).toEqual(names(wanted).sort());
  expect(byName(built)).toEqual(byName(wanted));
  expect(names(built)).toEqual(names(wanted));
});
