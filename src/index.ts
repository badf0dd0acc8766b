/** The `tf` namespace: TF1's names, gathered from the folders that own them. */

import './numpy/index.ts';
import './backend/backend.ts';

export * from './api/dtypes.ts';
export * from './api/framework.ts';
export * from './api/ops.ts';
export * from './api/session.ts';
