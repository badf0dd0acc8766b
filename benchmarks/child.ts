/** One workload in a process of its own: `child.ts NAME ROUNDS TURN [slow]` prints its timings as JSON. */

import { measure, type Workload } from './workload.ts';

const [name, rounds, turn, slow] = process.argv.slice(2);
const { workload } = (await import(`./workloads/${name}.ts`)) as { workload: Workload };
const effort = { rounds: Number(rounds), turn: Number(turn), slow: slow === 'slow' };
const timings = await measure(workload, effort);
console.log(JSON.stringify({ about: workload.about, timings }));
process.exit(0);
