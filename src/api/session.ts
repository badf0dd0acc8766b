/** Sessions and their options. */

export {
  ConfigProto,
  GPUOptions,
  GraphOptions,
  OptimizerOptions,
  RewriterConfig,
  RunMetadata,
  RunOptions,
} from '../session/config.ts';
export { get_default_session } from '../session/default_session.ts';
export type { FeedDict } from '../session/feeds.ts';
export { InteractiveSession, Session } from '../session/session.ts';
