/** `tf.python.client.session`. */

export { get_default_session, InteractiveSession, Session } from '../../session.ts';
