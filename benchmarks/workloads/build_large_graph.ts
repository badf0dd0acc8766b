/** Building 100,000 nodes, and gradients over them: ten times the time of a tenth of them. */

import { building } from '../peers/building.ts';

export const workload = building(100_000);
