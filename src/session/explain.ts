/** `sess.explain`: what a run does, in words and as data. */

import type { Graph } from '../graph/graph.ts';
import type { Plan } from './plan.ts';
import type { Report } from './specialised/program.ts';

/** One step of a run. */
export interface ExplainedStep {
  /** The operation's name, type, and its place in the order of the run. */
  readonly name: string;
  readonly type: string;
  readonly order: number;
  /** `general`: as its kernel is. Specialised: `folded` ahead, an `alias`, `fused` into a loop, a `call` with fixed addresses, or its `kernel` after all. */
  readonly how: 'general' | 'folded' | 'alias' | 'fused' | 'call' | 'kernel' | 'unused';
  /** For a fused step the number of its loop; `null` if it is done at the end of a product. */
  readonly loop: number | null;
  /** Why its kernel runs, or at the end of what it is done. */
  readonly why: string | null;
}

/** What a run does. `String(explanation)` says it in words. */
export class Explanation {
  readonly steps: readonly ExplainedStep[];
  /** The names of operations that are not needed for what is fetched. */
  readonly pruned: readonly string[];
  /** Whether the run is specialised, and why not. */
  readonly specialised: boolean;
  readonly why: string | null;
  /** Bytes of the specialised plan's memory, and the most of them that is alive at one time; variables are not counted. */
  readonly memory: { readonly bytes: number; readonly live: number } | null;

  /** @internal */
  constructor(graph: Graph, plan: Plan, report: Report | null, why: string | null) {
    const running = new Set<unknown>(plan.steps.map(({ operation }) => operation));
    const held = new Set(plan.constants.map(([slot]) => slot));
    this.steps = report ? specialisedSteps(plan, report) : generalSteps(plan);
    this.pruned = graph
      .get_operations()
      .filter((operation) => !running.has(operation) && operation.type !== 'Const')
      .map(({ name }) => name);
    this.specialised = report !== null;
    this.why = why;
    this.memory = report && { bytes: report.bytes, live: report.live };
    this.constants = held.size;
  }

  /** How many constants the run uses. */
  readonly constants: number;

  toString(): string {
    const counts = new Map<string, number>();
    for (const { how } of this.steps) counts.set(how, (counts.get(how) ?? 0) + 1);
    const loops = new Set(this.steps.map(({ loop }) => loop).filter((loop) => loop !== null)).size;
    const lines = [
      this.specialised
        ? `A specialised run of ${this.steps.length} steps: ${loops} fused loops, ${counts.get('call') ?? 0} calls, ${counts.get('kernel') ?? 0} kernels.`
        : `A general run of ${this.steps.length} steps: ${this.why}.`,
      `${this.pruned.length} operations of the graph are not needed; ${this.constants} constants are there already.`,
    ];
    if (this.memory) {
      const { bytes, live } = this.memory;
      lines.push(
        `Memory for intermediate results: ${bytes} bytes, of which ${live} are in use at once.`,
      );
    }
    for (const step of this.steps) lines.push(lineOf(step));
    return lines.join('\n');
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString();
  }
}

function generalSteps({ steps }: Plan): ExplainedStep[] {
  return steps.map(({ operation, name }, order) => ({
    name,
    type: operation.type,
    order,
    how: 'general',
    loop: null,
    why: null,
  }));
}

function specialisedSteps({ steps }: Plan, { fates, items }: Report): ExplainedStep[] {
  const loops = new Map<unknown, number>();
  const kept = new Set<unknown>();
  const ends = new Map<unknown, string>();
  let count = 0;
  for (const item of items) {
    if (item.kind === 'region') {
      count++;
      for (const { step } of item.members) loops.set(step, count);
    } else kept.add(item.step);
    if (item.kind !== 'call') continue;
    for (const step of item.epilogue ?? []) ends.set(step, `at the end of ${item.step.name}`);
  }
  return steps.map((step, order) => {
    const fate = fates[order]!;
    const [how, why] =
      fate === 'folded' || fate === 'alias' || fate === 'fused' || fate === 'call'
        ? [fate, null]
        : (['kernel', fate] as const);
    const isUnused =
      (how === 'fused' && !loops.has(step) && !ends.has(step)) ||
      (how === 'call' && !kept.has(step));
    return {
      name: step.name,
      type: step.operation.type,
      order,
      how: isUnused ? 'unused' : how,
      loop: loops.get(step) ?? null,
      why: ends.get(step) ?? why,
    };
  });
}

const WORDS: Readonly<Record<ExplainedStep['how'], string>> = {
  general: '',
  folded: 'known before the run',
  alias: 'the same numbers as its input',
  fused: '',
  call: 'generated code',
  kernel: 'kernel',
  unused: 'left out: nobody reads it',
};

function lineOf({ name, type, order, how, loop, why }: ExplainedStep): string {
  const place = loop === null ? '' : `in loop ${loop}`;
  const words = [WORDS[how], place, why ? `(${why})` : ''].filter((word) => word !== '');
  return `${String(order).padStart(5)}  ${type} ${name}${words.length > 0 ? `: ${words.join(' ')}` : ''}`;
}
