/** The figures that this library wants to reach on one thread, and whether a run reached them. */

import type { Report } from './report.ts';

/** One figure: what it is of a run, and which values are good. */
interface Figure {
  readonly about: string;
  readonly of: (run: Measured) => number;
  readonly least?: number;
  readonly most?: number;
  readonly unit: 'x' | ' ms' | ' GFLOP/s';
}

/** The medians of a run. A contender that was not timed is NaN. */
class Measured {
  readonly #report: Report;

  constructor(report: Report) {
    this.#report = report;
  }

  ms(workload: string, contender: string): number {
    return this.#report.results[workload]?.timings[contender]?.median ?? Number.NaN;
  }

  /** How many times as long one contender takes as another. */
  ratio(workload: string, contender: string, other: string): number {
    return this.ms(workload, contender) / this.ms(workload, other);
  }

  /** How many times as long as 10,000 nodes 100,000 take. */
  growth(contender: string): number {
    return this.ms('build_large_graph', contender) / this.ms('build_graph', contender);
  }

  /** The slowest rate of the products whose names are so. */
  slowestProduct(pattern: RegExp): number {
    const timings = Object.entries(this.#report.results.matmul?.timings ?? {});
    const rates = timings.flatMap(([name, { flop = Number.NaN, median }]) =>
      pattern.test(name) ? [flop / median / 1e6] : [],
    );
    return rates.length > 0 ? Math.min(...rates) : Number.NaN;
  }
}

const HERE = 'tf1 session';
const TENSORFLOW = 'TensorFlow session';
const EAGER = 'tfjs eager';
const OURS = /^tf1 /;
const PLAIN = /^tfjs \d+, a b$/;

const FIGURES: readonly Figure[] = [
  {
    about: '1,000-op chain: faster than tfjs eager',
    of: (run) => run.ratio('chain', EAGER, HERE),
    least: 25,
    unit: 'x',
  },
  {
    about: 'step of the small network: faster than tfjs eager',
    of: (run) => run.ratio('small_mlp_adam', EAGER, HERE),
    least: 15,
    unit: 'x',
  },
  {
    about: 'step of the small network: faster than TensorFlow',
    of: (run) => run.ratio('small_mlp_adam', TENSORFLOW, HERE),
    least: 4,
    unit: 'x',
  },
  {
    about: 'step of the large dense network: faster than tfjs eager',
    of: (run) => run.ratio('mlp_adam', EAGER, HERE),
    least: 8,
    unit: 'x',
  },
  {
    about: 'step of the unrolled LSTM: faster than tfjs eager',
    of: (run) => run.ratio('lstm', EAGER, 'tf1 static_rnn'),
    least: 9,
    unit: 'x',
  },
  {
    about: 'step of the looping LSTM: faster than tfjs eager',
    of: (run) => run.ratio('lstm', EAGER, 'tf1 dynamic_rnn'),
    least: 4,
    unit: 'x',
  },
  {
    about: "step of the digits convnet: faster than tfjs's cpu backend (--slow)",
    of: (run) => run.ratio('digits_convnet', 'tfjs eager on cpu', HERE),
    least: 400,
    unit: 'x',
  },
  {
    about: "step of the digits convnet: TensorFlow's time",
    of: (run) => run.ratio('digits_convnet', HERE, TENSORFLOW),
    most: 4.5,
    unit: 'x',
  },
  {
    about: "inference of MobileNet: GraphModel's time",
    of: (run) => run.ratio('mobilenet', HERE, 'GraphModel'),
    most: 1.05,
    unit: 'x',
  },
  {
    about: 'slowest matrix product of any size and transposition',
    of: (run) => run.slowestProduct(OURS),
    least: 40,
    unit: ' GFLOP/s',
  },
  {
    about: "slowest matrix product beside tfjs's slowest plain one",
    of: (run) => run.slowestProduct(OURS) / run.slowestProduct(PLAIN),
    least: 40 / 37,
    unit: 'x',
  },
  {
    about: 'run of one operation with feed and fetch',
    of: (run) => run.ms('one_op', 'tf1 run'),
    most: 0.006,
    unit: ' ms',
  },
  {
    about: "run of one operation: make_callable's time",
    of: (run) => run.ratio('one_op', 'tf1 run', 'tf1 make_callable'),
    most: 1.2,
    unit: 'x',
  },
  {
    about: 'building 10,000 nodes',
    of: (run) => run.ms('build_graph', 'nodes'),
    most: 150,
    unit: ' ms',
  },
  {
    about: 'gradients over 10,000 nodes',
    of: (run) => run.ms('build_graph', 'gradients'),
    most: 400,
    unit: ' ms',
  },
  {
    about: 'building 100,000 nodes: the time of 10,000 (10x is linear)',
    of: (run) => run.growth('nodes'),
    most: 15,
    unit: 'x',
  },
  {
    about: 'gradients over 100,000 nodes: the time of 10,000 (10x is linear)',
    of: (run) => run.growth('gradients'),
    most: 15,
    unit: 'x',
  },
  {
    about: 'while_loop: the time of its iterations written out',
    of: (run) => run.ratio('while_loop', 'tf1 while_loop', 'tf1 written out'),
    most: 5,
    unit: 'x',
  },
];

/** Whether each figure is what it should be, one line each: a report, for a busy machine fails it. */
export function figuresOf(report: Report): string {
  const run = new Measured(report);
  const rows = FIGURES.map(({ about, of, least, most, unit }) => {
    const value = of(run);
    const holds = value >= (least ?? Number.NEGATIVE_INFINITY) && value <= (most ?? value);
    const wanted = least === undefined ? `at most ${round(most!)}` : `at least ${round(least)}`;
    const verdict = Number.isNaN(value) ? 'not measured' : holds ? 'holds' : 'does not hold';
    const figure = Number.isNaN(value) ? '' : `${round(value)}${unit}`;
    return `${verdict.padEnd(13)} ${figure.padStart(14)}  ${`${wanted}${unit}`.padEnd(21)} ${about}`;
  });
  return rows.join('\n');
}

const round = (value: number) =>
  Number(value.toPrecision(3)).toLocaleString('en', { maximumFractionDigits: 5 });
