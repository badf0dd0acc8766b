/**
 * Calls of generated code whose number of arguments is known only when it is generated. `apply` makes a
 * list of them each time; arguments that are written out allocate nothing.
 */

type Run = (...numbers: number[]) => void;

const FEW = 8;
const MANY = 16;

/** Room for `count` arguments of `invoke`. */
export function argumentRoom(count: number): number[] {
  return new Array<number>(count <= FEW ? FEW : count <= MANY ? MANY : count).fill(0);
}

/** Calls `run` with the numbers in `n`, which `argumentRoom` made; those it has no parameter for are ignored. */
export function invoke(run: Run, n: readonly number[]): void {
  if (n.length === FEW) run(n[0]!, n[1]!, n[2]!, n[3]!, n[4]!, n[5]!, n[6]!, n[7]!);
  else if (n.length === MANY) {
    // biome-ignore format: one line for each half
    run(
      n[0]!, n[1]!, n[2]!, n[3]!, n[4]!, n[5]!, n[6]!, n[7]!,
      n[8]!, n[9]!, n[10]!, n[11]!, n[12]!, n[13]!, n[14]!, n[15]!,
    );
  } else run.apply(undefined, n as number[]);
}
