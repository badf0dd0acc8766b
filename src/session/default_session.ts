/** The default session, and how tensors and operations find the session that runs them. */

import { ValueError } from '../core/errors.ts';
import { asFetched } from '../core/fetched.ts';
import type { Operation } from '../graph/operation.ts';
import { registerRunner } from '../graph/runner.ts';
import type { SymbolicTensor } from '../graph/symbolic_tensor.ts';
import type { FeedDict } from './feeds.ts';
import type { BaseSession } from './session.ts';

const stack: BaseSession[] = [];

/** The session that `eval` and `run` use where none is given; `null` if there is none. `tf.get_default_session()` */
export function get_default_session(): BaseSession | null {
  return stack.at(-1) ?? null;
}

/** Makes `session` the default one until the matching `popSession`. @internal */
export function pushSession(session: BaseSession): void {
  stack.push(session);
}

/** Takes `session` from the stack again, wherever it is: an interactive one may be closed out of order. @internal */
export function popSession(session: BaseSession): void {
  const at = stack.lastIndexOf(session);
  if (at >= 0) stack.splice(at, 1);
}

interface Wording {
  readonly cannot: string;
  readonly missing: string;
  readonly otherGraph: string;
  readonly otherSession: string;
}

const EVAL: Wording = {
  cannot: 'Cannot evaluate tensor using `eval()`',
  missing:
    'No default session is registered. Use `with sess.as_default()` or pass an explicit session to `eval(session=sess)`',
  otherGraph:
    "Cannot use the default session to evaluate tensor: the tensor's graph is different from the session's graph. Pass an explicit session to `eval(session=sess)`.",
  otherSession:
    "Cannot use the given session to evaluate tensor: the tensor's graph is different from the session's graph.",
};
const RUN: Wording = {
  cannot: 'Cannot execute operation using `run()`',
  missing:
    'No default session is registered. Use `with sess.as_default():` or pass an explicit session to `run(session=sess)`',
  otherGraph:
    "Cannot use the default session to execute operation: the operation's graph is different from the session's graph. Pass an explicit session to run(session=sess).",
  otherSession:
    "Cannot use the given session to execute operation: the operation's graph is different from the session's graph.",
};

function sessionFor(
  element: SymbolicTensor | Operation,
  given: unknown,
  wording: Wording,
): BaseSession {
  const session = (given as BaseSession | null) ?? get_default_session();
  if (!session) throw new ValueError(`${wording.cannot}: ${wording.missing}`);
  if (session.graph !== element.graph)
    throw new ValueError(given ? wording.otherSession : wording.otherGraph);
  return session;
}

/** Keywords given in place of the positional `feed_dict` and `session`. */
function bound(
  feed_dict: unknown,
  session: unknown,
): { feed_dict: FeedDict | null; session: unknown } {
  if (
    typeof feed_dict === 'object' &&
    feed_dict !== null &&
    ('feed_dict' in feed_dict || 'session' in feed_dict)
  ) {
    const keywords = feed_dict as { feed_dict?: FeedDict; session?: unknown };
    return { feed_dict: keywords.feed_dict ?? null, session: keywords.session ?? session };
  }
  return { feed_dict: feed_dict as FeedDict | null, session };
}

registerRunner({
  evaluate(tensor, feed_dict, session) {
    const call = bound(feed_dict, session);
    return asFetched(sessionFor(tensor, call.session, EVAL).run(tensor, call.feed_dict));
  },
  run(operation, feed_dict, session) {
    const call = bound(feed_dict, session);
    sessionFor(operation, call.session, RUN).run(operation, call.feed_dict);
  },
});
