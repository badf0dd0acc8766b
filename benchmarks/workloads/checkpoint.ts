/** A checkpoint of 100 MB: 20 variables to a bundle and back, beside a plain copy of its data file. */

import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from 'tf1';
import type { Workload } from '../workload.ts';

tf.logging.set_verbosity(tf.logging.ERROR);
const directory = mkdtempSync(join(tmpdir(), 'tf1-bench-'));
process.on('exit', () => rmSync(directory, { recursive: true }));

const VARIABLES = 20;
const SHAPE = [1250, 1000];
const path = join(directory, 'model');
for (let i = 0; i < VARIABLES; i++) {
  tf.get_variable(`layer_${i}/kernel`, SHAPE, { initializer: tf.random_uniform_initializer() });
}
const saver = new tf.train.Saver();
const session = new tf.Session();
session.run(tf.global_variables_initializer());
const save = () => saver.save(session, path, { write_meta_graph: false });
save();
const data = `${path}.data-00000-of-00001`;

export const workload: Workload = {
  about: 'save and restore of a 100 MB checkpoint',
  bytes: 4 * VARIABLES * SHAPE[0]! * SHAPE[1]!,
  contenders: {
    save: () => ({ step: save }),
    restore: () => ({ step: () => saver.restore(session, path) }),
    'file copy': () => ({ step: () => copyFileSync(data, join(directory, 'copy')) }),
    'file read': () => ({ step: () => readFileSync(data).length }),
  },
};
