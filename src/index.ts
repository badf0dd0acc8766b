/** The `tf` namespace: TF1's names, gathered from the folders that own them. */

import './numpy/index.ts';
import './backend/backend.ts';

export * from './api/dtypes.ts';
export * from './api/framework.ts';
export * from './api/gradients.ts';
export * from './api/ops.ts';
export * as bitwise from './api/bitwise.ts';
export * as linalg from './api/linalg.ts';
export * as nn from './api/nn.ts';
export * from './api/session.ts';
