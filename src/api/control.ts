/** Conditions and loops. */

import '../control/context_protos.ts';
import '../control/gradient_rules.ts';
import '../control/loop_gradients.ts';
import '../control/symbolic_gradients.ts';

export { case_ as case } from '../control/case.ts';
export { cond } from '../control/cond.ts';
export { foldl, foldr, map_fn, scan } from '../control/functional.ts';
export { while_loop } from '../control/while_loop.ts';
