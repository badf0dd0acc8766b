/** After every test: nothing may be left on the wasm heap. */

import { afterEach, beforeEach, expect } from '@jest/globals';
import { heap } from '../src/backend/backend.ts';

let before = 0;
beforeEach(() => {
  before = heap?.blocks ?? 0;
});
afterEach(() => {
  expect(heap?.blocks ?? 0).toBe(before);
});
