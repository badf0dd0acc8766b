/** Which passes specialise a run: the configuration of a session has a switch for each. */

import { type ConfigProto, OptimizerOptions, RewriterConfig } from '../config.ts';

/** The passes, and whether they run. Each has a file of its own in this folder. */
export interface Passes {
  /** Operations of constants are computed ahead. */
  readonly constantFolding: boolean;
  /** The shapes of values, and what follows from them, are constants. */
  readonly knownShapes: boolean;
  /** An operation of the same numbers, done twice, is done once. */
  readonly commonSubexpressions: boolean;
  /** Operations that change nothing, or undo each other, go. */
  readonly simplification: boolean;
  /** Products read transposed operands where they are. */
  readonly transposedOperands: boolean;
  /** What only passes numbers on copies nothing. */
  readonly copyRemoval: boolean;
  /** Element-wise operations become one loop; products take up bias and activation. */
  readonly fusion: boolean;
}

/** The passes of a session with `config`. */
export function passesOf(config: ConfigProto | null): Passes {
  const { optimizer_options: options, rewrite_options: rewrite } = config?.graph_options ?? {};
  const isPlain = options?.opt_level === OptimizerOptions.L0;
  const isOn = (toggle: number | undefined, isWanted = true): boolean =>
    isWanted && toggle !== RewriterConfig.OFF && !rewrite?.disable_meta_optimizer;
  return {
    constantFolding: isOn(rewrite?.constant_folding, !isPlain || options?.do_constant_folding),
    knownShapes: isOn(rewrite?.shape_optimization),
    commonSubexpressions: isOn(
      rewrite?.common_subgraph_elimination,
      !isPlain || options?.do_common_subexpression_elimination,
    ),
    simplification: isOn(rewrite?.arithmetic_optimization),
    transposedOperands: isOn(rewrite?.layout_optimizer),
    copyRemoval: isOn(rewrite?.dependency_optimization),
    fusion: isOn(rewrite?.remapping),
  };
}
