/** The environment of the process. A page has none. */

/** The environment variable `name`; undefined where it is not set, and in a page. */
export function environmentVariable(name: string): string | undefined {
  return globalThis.process?.env?.[name];
}
