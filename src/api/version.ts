/** The version. */

export { __version__, COMPILER_VERSION, GIT_VERSION, VERSION } from '../platform/version.ts';
