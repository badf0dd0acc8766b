/** Event files that TF1 programs of others left, read as TensorFlow reads them. */

import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import * as tf from 'tf1';
import { skipWithout } from '../conformance/shared.ts';

interface Row {
  readonly events: number;
  readonly what: Readonly<Record<string, number>>;
  readonly tags: Readonly<Record<string, [kind: string, count: number, sum: number]>>;
  readonly nodes: readonly [count: number, last: string][];
  readonly last: readonly [wall_time: number, step: number];
  readonly error: string | null;
}
const golden = JSON.parse(
  readFileSync(new URL('../golden/tfevents.json', import.meta.url), 'utf8'),
) as Record<string, Row>;
const root = fileURLToPath(new URL('../../../shared/artifacts/tfevents/', import.meta.url));

/** What there is in a file, as the recorder counts it. */
function contents(path: string): Row {
  const what: Record<string, number> = {};
  const tags: Record<string, [string, number, number]> = {};
  const nodes: [number, string][] = [];
  let events = 0;
  let last: readonly [number, number] = [0, 0];
  let error: string | null = null;
  try {
    for (const event of tf.train.summary_iterator(path)) {
      events++;
      const kind = event.WhichOneof('what')!;
      what[kind] = (what[kind] ?? 0) + 1;
      last = [event.wall_time, Number(event.step)];
      if (kind === 'graph_def') {
        const { node } = tf.GraphDef.FromString(event.graph_def);
        nodes.push([node.length, node.at(-1)!.name]);
      }
      if (kind !== 'summary') continue;
      for (const value of event.summary.value) {
        const isNumber = value.WhichOneof('value') === 'simple_value';
        tags[value.tag] ??= [value.WhichOneof('value')!, 0, 0];
        tags[value.tag]![1]++;
        tags[value.tag]![2] += isNumber ? value.simple_value : value.histo.sum;
      }
    }
  } catch (thrown) {
    if (!(thrown instanceof tf.errors.DataLossError)) throw thrown;
    error = thrown.message.split('\n')[0]!;
  }
  return { events, what, tags, nodes, last, error };
}

if (!existsSync(root)) skipWithout('artifacts/tfevents');
else {
  describe('event files of others', () => {
    test.each(Object.keys(golden))('%s', (name) => {
      const { error, ...expected } = golden[name]!;
      const { error: found, ...rest } = contents(root + name);
      expect(rest).toEqual(expected);
      // TensorFlow says more, of how its file system read.
      expect(error === null).toBe(found === null);
      if (error !== null) expect(error).toContain(/truncated record at \d+/.exec(found!)![0]);
    });
  });
}
