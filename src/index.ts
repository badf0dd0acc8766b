/** The `tf` namespace: TF1's names, gathered from the folders that own them. */

import './numpy/index.ts';
import './backend/backend.ts';
import { nameFunctions } from './core/signature.ts';
import * as tf from './index.ts';

nameFunctions(tf);

export * as app from './api/app.ts';
export * as bitwise from './api/bitwise.ts';
export * from './api/builtins.ts';
export * as compat from './api/compat.ts';
export * as contrib from './api/contrib/index.ts';
export * from './api/control.ts';
export * as core from './api/core/index.ts';
export * from './api/dtypes.ts';
export * as errors from './api/errors.ts';
export * from './api/events.ts';
export * as flags from './api/flags.ts';
export * from './api/framework.ts';
export * as gfile from './api/gfile.ts';
export * from './api/gradients.ts';
export * from './api/graph_files.ts';
export * as image from './api/image.ts';
export * as initializers from './api/initializers.ts';
export * as keras from './api/keras/index.ts';
export * as layers from './api/layers.ts';
export * as linalg from './api/linalg.ts';
export * as logging from './api/logging.ts';
export * as losses from './api/losses.ts';
export * as manip from './api/manip.ts';
export * as math from './api/math.ts';
export * as metrics from './api/metrics.ts';
export * as nn from './api/nn.ts';
export * from './api/ops.ts';
export * from './api/parsing.ts';
export * as python from './api/python/index.ts';
export * as python_io from './api/python_io.ts';
export * as saved_model from './api/saved_model/index.ts';
export * from './api/session.ts';
export * as strings from './api/strings.ts';
export * as summary from './api/summary.ts';
export * as train from './api/train.ts';
export * from './api/variables.ts';
export * from './api/version.ts';
