/**
 * What a workload is, and how its contenders are timed: in one process, in turns, so that what slows
 * the machine for a while slows all of them.
 */

/** One way to do the work, made ready: `step` does it once, or `turn` does it for a while and says how that went. */
export interface Runner {
  /** Does the work once. What it leaves behind must not grow from step to step. */
  step?(): unknown;
  /** Does the work for `length` milliseconds, in another process or only in part timed. */
  turn?(length: number): Sample | Promise<Sample>;
  /** Frees what was made ready. */
  close?(): void;
  /** The floating point operations of a step, where GFLOP/s say more than milliseconds. */
  readonly flop?: number;
  /** The bytes that a step reads or writes, where MB/s say more than milliseconds. */
  readonly bytes?: number;
}

/** How contenders are made ready, by the names that their rows have. */
export type Contenders = Readonly<Record<string, () => Runner | Promise<Runner>>>;

/** The same work done in several ways. The first contender is this library's; ratios refer to it. */
export interface Workload {
  /** What the work is, in one line. */
  readonly about: string;
  /** The bytes that a step of every contender reads or writes. */
  readonly bytes?: number;
  readonly contenders: Contenders;
  /** Contenders that take a minute or more for one step: with --slow they take one step, after the others. */
  readonly slow?: Contenders;
}

/** How long one contender's step took, in milliseconds, over the rounds: the median and the quartiles. */
export interface Timing {
  readonly median: number;
  readonly low: number;
  readonly high: number;
  readonly steps: number;
  readonly flop?: number;
  readonly bytes?: number;
}

/** How much to measure. */
export interface Effort {
  /** How often every contender has its turn. None: each takes one step, and nothing is timed. */
  readonly rounds: number;
  /** How long a turn is, in milliseconds. */
  readonly turn: number;
  /** Whether the slow contenders take their step. */
  readonly slow?: boolean;
}

/** Steps before anything is timed: a session makes a plan of its own for the third run. */
const WARM_STEPS = 4;
/** What may go into warming one contender up, in milliseconds. */
const WARM_TIME = 2000;
/** What may go into the rounds of a workload, in milliseconds; long steps get fewer rounds, but some. */
const BUDGET = 25_000;
const FEWEST_ROUNDS = 3;

/** Times every contender of a workload. */
export async function measure(workload: Workload, effort: Effort): Promise<Record<string, Timing>> {
  const runners = new Map<string, Runner>();
  for (const [name, prepare] of Object.entries(workload.contenders)) {
    runners.set(name, await prepare());
  }
  if (effort.rounds === 0) {
    for (const runner of runners.values()) await turn(runner, 0);
    for (const runner of runners.values()) runner.close?.();
    return {};
  }
  const samples = await samplesOf(runners, effort);
  const timings = [...runners].map(([name, runner]) => {
    runner.close?.();
    return [name, timing(samples.get(name)!, runner, workload)] as const;
  });
  return { ...Object.fromEntries(timings), ...(effort.slow ? await measureSlow(workload) : {}) };
}

async function samplesOf(
  runners: ReadonlyMap<string, Runner>,
  effort: Effort,
): Promise<Map<string, Sample[]>> {
  let round = 0;
  for (const runner of runners.values()) round += await warmUp(runner, effort.turn);
  const affordable = Math.max(FEWEST_ROUNDS, Math.floor(BUDGET / round));
  const rounds = Math.min(effort.rounds, affordable);
  const samples = new Map([...runners.keys()].map((name) => [name, [] as Sample[]]));
  for (let i = 0; i < rounds; i++) {
    for (const [name, runner] of runners) {
      samples.get(name)!.push(await turn(runner, effort.turn));
    }
  }
  return samples;
}

/** Some turns that are not timed. Gives how long the last one was. */
async function warmUp(runner: Runner, length: number): Promise<number> {
  const start = performance.now();
  for (let steps = 0, last = start; ; ) {
    steps += (await turn(runner, length)).steps;
    const now = performance.now();
    if (steps >= WARM_STEPS || now - start > WARM_TIME) return now - last;
    last = now;
  }
}

async function measureSlow(workload: Workload): Promise<Record<string, Timing>> {
  const timings: Record<string, Timing> = {};
  for (const [name, prepare] of Object.entries(workload.slow ?? {})) {
    const runner = await prepare();
    timings[name] = timing([await turn(runner, 0)], runner, workload);
    runner.close?.();
  }
  return timings;
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

/** A runner whose steps say themselves how many milliseconds of them count. */
export function selfTimed(step: () => number | Promise<number>): Runner {
  return {
    async turn(length) {
      const start = performance.now();
      let [steps, milliseconds] = [0, 0];
      do {
        milliseconds += await step();
        steps++;
      } while (performance.now() - start < length);
      return { steps, milliseconds };
    },
  };
}

function timing(turns: readonly Sample[], { flop, bytes }: Runner, workload: Workload): Timing {
  const times = turns.map(({ steps, milliseconds }) => milliseconds / steps).sort((a, b) => a - b);
  const at = (part: number) => times[Math.round(part * (times.length - 1))]!;
  const steps = turns.reduce((sum, turn) => sum + turn.steps, 0);
  const work = { flop, bytes: bytes ?? workload.bytes };
  return { median: at(0.5), low: at(0.25), high: at(0.75), steps, ...work };
}
