/** A training step of a small dense network: what each op costs beside its arithmetic dominates. */

import { denseNetwork } from '../peers/networks.ts';

export const workload = denseNetwork([32, 32, 10], 16, 'Adam');
