/** Reference data that stands beside the checkout, not in it: tests that need it skip where it is not. */

import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { test } from '@jest/globals';

const SHARED = new URL('../../../shared/', import.meta.url);

/** The text of a file under ../shared, `null` where it is absent. */
export function sharedText(path: string): string | null {
  const url = new URL(path, SHARED);
  return existsSync(url) ? readFileSync(url, 'utf8') : null;
}

/** The path of a file or directory under ../shared, `null` where it is absent. */
export function sharedPath(path: string): string | null {
  const url = new URL(path, SHARED);
  return existsSync(url) ? fileURLToPath(url) : null;
}

/** Says in one line that the tests of this file are left out. */
export function skipWithout(path: string): void {
  test.skip(`needs ../shared/${path}, which is not here`, () => undefined);
}
