/** The nodes and names of programs with variables are TensorFlow's (test/golden/record_variables.py). */

import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import * as tf from 'tf1';
import { textsOf } from '../graph/plain_attrs.ts';
import { PROGRAMS } from './programs.ts';

type Row = readonly unknown[];
interface Recorded {
  readonly log: readonly unknown[];
  readonly nodes: readonly Row[];
}

const file = new URL('../golden/variables/programs.json', import.meta.url);
const recorded = JSON.parse(readFileSync(file, 'utf8')) as Record<string, Recorded>;

/** The graph as the recording script writes rows: name, op, inputs, and where it is placed. */
function rows(graph: tf.Graph): Row[] {
  return graph.as_graph_def().node.map(({ name, op, input, attr, device }) => {
    const row: unknown[] = [name, op, input];
    const colocated = textsOf(attr._class);
    if (colocated.length > 0 || device !== '') row.push(colocated);
    if (device !== '') row.push(device);
    return row;
  });
}

test.each(Object.keys(recorded))('%s', (program) => {
  const graph = new tf.Graph();
  const log: unknown[] = [];
  tf.with(graph.as_default(), () => PROGRAMS[program]!(log));
  expect(log).toEqual(recorded[program]!.log);
  expect(rows(graph)).toEqual(recorded[program]!.nodes);
});
