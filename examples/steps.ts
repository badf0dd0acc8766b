// `--steps N` on the command line, so that every example can be run short.

/** The number after `--steps`, or `otherwise`. */
export function steps(otherwise: number): number {
  const at = process.argv.indexOf('--steps');
  const given = at < 0 ? Number.NaN : Number(process.argv[at + 1]);
  return Number.isInteger(given) && given > 0 ? given : otherwise;
}
