/** The programs of test/golden/record_control.py, line by line. */

import { PROGRAMS as conditions } from './condition_programs.ts';
import { PROGRAMS as loops } from './loop_programs.ts';
import { PROGRAMS as structures } from './loop_structure_programs.ts';
import type { Program } from './program.ts';

export const PROGRAMS: Readonly<Record<string, () => Program>> = {
  ...conditions,
  ...loops,
  ...structures,
};
