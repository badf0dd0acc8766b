/** A training step of a dense network on digits: matrix products dominate. */

import { denseNetwork } from '../peers/networks.ts';

export const workload = denseNetwork([784, 256, 256, 10], 128, 'Adam');
