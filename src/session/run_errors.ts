/** Errors of a run say which operation failed, and for a missing feed how the fetch comes to need it. */

import { OpError, UnknownError, withHint } from '../core/errors.ts';
import type { Operation } from '../graph/operation.ts';
import { nodeText } from './node_text.ts';
import type { Step } from './plan.ts';

/** The error to raise for what `step` threw. */
export function failedStep(error: unknown, { operation }: Step, steps: readonly Step[]): unknown {
  if (!(error instanceof OpError)) {
    return error instanceof Error ? error : new UnknownError(null, operation, String(error));
  }
  if (operation.declaration.opaque && operation.inputs.length === 0) {
    error.message = withHint(error.message, missingFeedHint(operation, steps));
  }
  return error.locate(nodeText(operation), operation, operation);
}

/** How what was fetched comes to need the placeholder, and how to feed it. */
function missingFeedHint(placeholder: Operation, steps: readonly Step[]): string {
  const path = [placeholder.name];
  let current: Operation | undefined = placeholder;
  while (current && path.length < 8) {
    current = steps.find((step) =>
      step.operation.inputs.some((input) => input.op === current),
    )?.operation;
    if (current) path.push(current.name);
  }
  return `It is needed by: ${path.join(' <- ')}.\nFeed it: sess.run(fetches, { feed_dict: [[${placeholder.name}, value]] }).`;
}
