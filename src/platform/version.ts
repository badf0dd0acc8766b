/** Which TensorFlow this library is: programs ask before they choose between old and new names. */

/** The version of TensorFlow whose names, graphs and texts these are. */
export const VERSION = '1.8.0';
export const __version__ = VERSION;
export const GIT_VERSION = `v${VERSION}`;
export const COMPILER_VERSION = 'TypeScript';
