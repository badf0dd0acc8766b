/** How operations and tensors reach a session from below: sessions register themselves here. */

import { RuntimeError } from '../core/errors.ts';
import type { Fetched } from '../core/fetched.ts';
import type { Operation } from './operation.ts';
import type { SymbolicTensor } from './symbolic_tensor.ts';

interface Runner {
  /** Computes `tensor` in `session` or the default one. */
  evaluate(tensor: SymbolicTensor, feed_dict: unknown, session: unknown): Fetched;
  /** Runs `operation` in `session` or the default one. */
  run(operation: Operation, feed_dict: unknown, session: unknown): void;
}

let runner: Runner | undefined;

/** Provides `Tensor.eval` and `Operation.run`. */
export function registerRunner(provided: Runner): void {
  runner = provided;
}

function required(): Runner {
  if (!runner) throw new RuntimeError('Sessions are not loaded.');
  return runner;
}

/** Computes `tensor` in `session` or the default one. */
export function evaluateTensor(
  tensor: SymbolicTensor,
  feed_dict: unknown,
  session: unknown,
): Fetched {
  return required().evaluate(tensor, feed_dict, session);
}

/** Runs `operation` in `session` or the default one. */
export function runOperation(operation: Operation, feed_dict: unknown, session: unknown): void {
  required().run(operation, feed_dict, session);
}
