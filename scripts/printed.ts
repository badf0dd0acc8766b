/** What two runs of one program print, compared: words exactly, numbers to a few digits, times not at all. */

/** What differs from run to run: paths of temporary files, and how long something took. */
const OWN = /(?:\/[\w.-]+){2,}|\d+(?:\.\d+)?\s*(?:ns|us|µs|ms|s|seconds|steps\/s|MB\/s)\b/g;
const NUMBER = /[-+]?\d+(?:\.\d+)?(?:e[-+]?\d+)?/gi;
/** Numbers as large as this may differ by so much, and smaller ones by as much. */
const RTOL = 5e-4;
const ATOL = 1e-5;

/** The first line that tells two printed texts apart, in words; `null` if only rounding does. */
export function printedDifference(actual: string, expected: string): string | null {
  const [a, b] = [actual, expected].map((text) => text.split('\n'));
  for (let i = 0; i < Math.max(a!.length, b!.length); i++) {
    if (isSameLine(a![i] ?? '', b![i] ?? '')) continue;
    return `line ${i + 1} is\n  ${a![i]}\ninstead of\n  ${b![i]}`;
  }
  return null;
}

function isSameLine(actual: string, expected: string): boolean {
  if (actual === expected) return true;
  const [a, b] = [actual, expected].map((line) => line.replaceAll(OWN, '...'));
  // Columns move with the lengths of their numbers.
  const words = (line: string) => line.replaceAll(NUMBER, '#').replaceAll(/\s+/g, ' ');
  if (words(a!) !== words(b!)) return false;
  const numbers = (line: string) => (line.match(NUMBER) ?? []).map(Number);
  const wanted = numbers(b!);
  return numbers(a!).every(
    (x, i) => Math.abs(x - wanted[i]!) <= ATOL + RTOL * Math.abs(wanted[i]!),
  );
}
