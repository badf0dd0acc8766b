/** Doing nothing: sessions plan such operations away, eager calls come here. */

import { kernel } from '../registry.ts';

kernel('NoOp', () => null);
