/** One workload in a process of its own: `child.ts NAME ROUNDS TURN` prints its timings as JSON. */

import { measure, type Workload } from './workload.ts';

const [name, rounds, turn] = process.argv.slice(2);
const { workload } = (await import(`./workloads/${name}.ts`)) as { workload: Workload };
const timings = await measure(workload, { rounds: Number(rounds), turn: Number(turn) });
console.log(JSON.stringify({ about: workload.about, bytes: workload.bytes, timings }));
process.exit(0);
