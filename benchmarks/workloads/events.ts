/** 100,000 events in an event file: summaries of one number, as a training loop adds them. */

import { copyFileSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from 'tf1';
import type { Workload } from '../workload.ts';

const EVENTS = 100_000;
const directory = mkdtempSync(join(tmpdir(), 'tf1-bench-'));
process.once('exit', () => rmSync(directory, { recursive: true, force: true }));

/** Summaries as a run gives them. */
const summaries = tf.with(new tf.Graph().as_default(), new tf.Session(), (_graph, session) => {
  const x = tf.placeholder(tf.float32, []);
  const summary = tf.summary.scalar('loss', x);
  return Array.from({ length: 64 }, (_, i) =>
    session.run(summary, { feed_dict: [[x, 1 / (i + 1)]] }),
  );
});

function write(path: string): void {
  const writer = new tf.summary.FileWriter(path);
  for (let step = 0; step < EVENTS; step++) writer.add_summary(summaries[step % 64]!, step);
  writer.close();
}

/** The only file in a directory. */
function fileIn(path: string): string {
  return join(path, readdirSync(path)[0]!);
}

const sample = join(directory, 'sample');
write(sample);
const file = fileIn(sample);

export const workload: Workload = {
  about: '100,000 events of one scalar',
  bytes: statSync(file).size,
  contenders: {
    'tf1 write': () => ({
      step: () => {
        const path = join(directory, 'written');
        write(path);
        rmSync(path, { recursive: true });
      },
    }),
    'tf1 read': () => ({
      step: () => {
        let sum = 0;
        for (const { summary } of tf.train.summary_iterator(file)) {
          for (const { simple_value } of summary.value) sum += simple_value;
        }
        return sum;
      },
    }),
    'file copy': () => ({
      step: () => {
        const path = join(directory, 'copy');
        copyFileSync(file, path);
        rmSync(path);
      },
    }),
  },
};
