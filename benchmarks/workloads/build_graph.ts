/** Building 10,000 nodes, and gradients over them. */

import { building } from '../peers/building.ts';

export const workload = building(10_000);
