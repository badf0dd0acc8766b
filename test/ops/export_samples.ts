/** Prints the samples of a family for the recorder: `tsx --conditions=tf1-src test/ops/export_samples.ts math | python test/golden/record_ops.py math` */

import 'tf1';
import { encode, keyOf, type Sample } from './sample.ts';

const [family] = process.argv.slice(2);
if (!family || family === '--help') {
  console.log('Usage: export_samples.ts FAMILY, where test/ops/samples/FAMILY.ts exists.');
  process.exit(family ? 0 : 2);
}
const module: Record<string, Record<string, readonly Sample[]>> = await import(
  `./samples/${family}.ts`
);
const samples = Object.values(Object.values(module)[0]!).flat();
console.log(
  JSON.stringify(
    samples.map((sample) => ({
      key: keyOf(sample),
      fn: sample.fn,
      args: encode(sample.args),
      kwargs: encode(sample.kwargs),
      constants: sample.options.constants ?? [],
      gradient: sample.options.gradient ?? true,
    })),
  ),
);
