/**
 * What a workload is, and how its contenders are timed: in one process, in turns, so that what slows
 * the machine for a while slows all of them.
 */

/** One way to do the work, made ready: `step` does it once, or another process takes a whole `turn`. */
export interface Runner {
  /** Does the work once. What it leaves behind must not grow from step to step. */
  step?(): unknown;
  /** Does the work for `length` milliseconds, and says how often and how long that was. */
  turn?(length: number): Promise<Sample>;
  /** Frees what was made ready. */
  close?(): void;
}

/** The same work done in several ways. The first contender is this library's; ratios refer to it. */
export interface Workload {
  /** What the work is, in one line. */
  readonly about: string;
  /** How many bytes a step reads or writes, where MB/s says more than milliseconds. */
  readonly bytes?: number;
  /** Makes each contender ready, by the name its column has. */
  readonly contenders: Readonly<Record<string, () => Runner | Promise<Runner>>>;
}

/** How long one contender's step took, in milliseconds, over the rounds. */
export interface Timing {
  readonly median: number;
  readonly low: number;
  readonly high: number;
  readonly steps: number;
}

/** How much to measure. */
export interface Effort {
  /** How often every contender has its turn. */
  readonly rounds: number;
  /** How long a turn is, in milliseconds. */
  readonly turn: number;
}

/** Times every contender of a workload. */
export async function measure(workload: Workload, effort: Effort): Promise<Record<string, Timing>> {
  const runners = new Map<string, Runner>();
  for (const [name, prepare] of Object.entries(workload.contenders)) {
    runners.set(name, await prepare());
  }
  for (const runner of runners.values()) await turn(runner, effort.turn);
  const samples = new Map([...runners.keys()].map((name) => [name, [] as Sample[]]));
  for (let round = 0; round < effort.rounds; round++) {
    for (const [name, runner] of runners) {
      samples.get(name)!.push(await turn(runner, effort.turn));
    }
  }
  for (const runner of runners.values()) runner.close?.();
  return Object.fromEntries([...samples].map(([name, turns]) => [name, timing(turns)]));
}

/** What a turn was. */
export interface Sample {
  readonly steps: number;
  readonly milliseconds: number;
}

/** Steps until `length` milliseconds are over. A step that gives a promise is awaited. */
async function turn(runner: Runner, length: number): Promise<Sample> {
  if (runner.turn) return runner.turn(length);
  const start = performance.now();
  let steps = 0;
  let now = start;
  do {
    const pending = runner.step?.();
    if (pending instanceof Promise) await pending;
    steps++;
    now = performance.now();
  } while (now - start < length);
  return { steps, milliseconds: now - start };
}

function timing(turns: readonly Sample[]): Timing {
  const times = turns.map(({ steps, milliseconds }) => milliseconds / steps).sort((a, b) => a - b);
  const at = (part: number) => times[Math.round(part * (times.length - 1))]!;
  const steps = turns.reduce((sum, turn) => sum + turn.steps, 0);
  return { median: at(0.5), low: at(0.25), high: at(0.75), steps };
}
