/**
 * `tf.python.client.timeline`: what the steps of a traced run took, as the events that Chrome's
 * `chrome://tracing` draws: one row for each device, arrows for tensors, counters of memory.
 */

import { signature } from '../core/signature.ts';
import type { Message } from '../formats/message.ts';
import type { RunMetadata } from '../session/config.ts';
import { messageOf } from './run_metadata.ts';

interface Node {
  readonly node_name: string;
  readonly timeline_label: string;
  readonly all_start_micros: number;
  readonly all_end_rel_micros: number;
  readonly output: readonly {
    readonly tensor_description: {
      readonly allocation_description: {
        readonly requested_bytes: number;
        readonly allocator_name: string;
      };
    };
  }[];
}

type Steps = Message & { dev_stats: { device: string; node_stats: Node[] }[] };

/** A step with the row it is drawn in. */
interface Drawn {
  readonly node: Node;
  readonly lane: number;
  readonly start: number;
  readonly end: number;
}

interface Device {
  readonly compute: number;
  readonly tensors: number;
  readonly drawn: readonly Drawn[];
}

/** A tensor from when it was made until nothing reads it. */
interface Tracked {
  readonly name: string;
  readonly id: number;
  readonly pid: number;
  readonly allocator: string;
  readonly bytes: number;
  readonly start: number;
  /** When and where it was ready. */
  readonly from: { readonly time: number; readonly pid: number; readonly lane: number };
  last: number;
}

type Event = Record<string, unknown>;

/** The most that an allocator had given out at one time, and for which tensors. */
export interface AllocationMaximum {
  readonly timestamp: number;
  readonly num_bytes: number;
  readonly tensors: ReadonlySet<string>;
}

/** The events of a trace. */
export class ChromeTrace {
  readonly metadata: Event[] = [];
  readonly events: Event[] = [];

  /** The trace as JSON, on many lines if it is to be read. */
  format_to_string(pretty: boolean = false): string {
    return JSON.stringify(
      { traceEvents: [...this.metadata, ...this.events] },
      null,
      pretty ? 4 : 0,
    );
  }
}

const options = signature(
  ['show_dataflow', 'show_memory'],
  (show_dataflow: boolean = true, show_memory: boolean = false) => ({ show_dataflow, show_memory }),
);
const analysisOptions = signature(
  ['show_dataflow', 'show_memory'],
  (show_dataflow: boolean = true, show_memory: boolean = true) => ({ show_dataflow, show_memory }),
);

/** What the `step_stats` of a RunMetadata show. */
export class Timeline {
  private readonly stepStats: RunMetadata['step_stats'];

  constructor(step_stats: RunMetadata['step_stats'], _graph: unknown = null) {
    this.stepStats = step_stats;
  }

  /** The JSON text that `chrome://tracing` loads. */
  generate_chrome_trace_format(...args: Parameters<typeof options>): string {
    return new Analysis(this.stepStats, options(...args)).trace.format_to_string(true);
  }

  /** The events, and the most memory of each allocator where `show_memory` asks for it. */
  analyze_step_stats(...args: Parameters<typeof analysisOptions>): {
    chrome_trace: ChromeTrace;
    allocator_maximums: Readonly<Record<string, AllocationMaximum>>;
  } {
    const { trace, maximums } = new Analysis(this.stepStats, analysisOptions(...args));
    return { chrome_trace: trace, allocator_maximums: Object.fromEntries(maximums) };
  }
}

/** Op and inputs of a label `name = op(input, ...)`. */
function parsed(label: string): { op: string; inputs: readonly string[] } {
  const match = /^.* = (.*)\((.*)\)/.exec(label);
  if (!match) return { op: 'unknown', inputs: [] };
  return { op: match[1]!, inputs: match[2] === '' ? [] : match[2]!.split(', ') };
}

class Analysis {
  readonly trace = new ChromeTrace();
  readonly maximums = new Map<string, AllocationMaximum>();
  private readonly tracked = new Map<string, Tracked>();
  private readonly isMemoryShown: boolean;
  private readonly isFlowShown: boolean;
  private flows = 0;

  constructor(
    stepStats: RunMetadata['step_stats'],
    { show_dataflow, show_memory }: { show_dataflow: boolean; show_memory: boolean },
  ) {
    this.isFlowShown = show_dataflow;
    this.isMemoryShown = show_memory;
    this.process('Allocators', 0);
    const { dev_stats } = messageOf(stepStats).step_stats as Steps;
    const devices = dev_stats.map(({ device, node_stats }, i): Device => {
      const [compute, tensors] = [2 * i + 1, 2 * i + 2];
      this.process(`${device} Compute`, compute);
      this.process(`${device} Tensors`, tensors);
      return { compute, tensors, drawn: inLanes(node_stats) };
    });
    for (const device of devices) this.track(device);
    for (const device of devices) this.showCompute(device);
    if (show_memory) this.showMemory();
  }

  private process(name: string, pid: number): void {
    this.trace.metadata.push({ name: 'process_name', ph: 'M', pid, args: { name } });
  }

  private add(
    ph: string,
    cat: string,
    name: string,
    pid: number,
    tid: number,
    ts: number,
    rest: Event,
  ) {
    this.trace.events.push({ ph, cat, name, pid, tid, ts, ...rest });
  }

  private track({ compute, tensors, drawn }: Device): void {
    for (const { node, lane, start, end } of drawn) {
      node.output.forEach(({ tensor_description }, index) => {
        const name = index > 0 ? `${node.node_name}:${index}` : node.node_name;
        const { requested_bytes, allocator_name } = tensor_description.allocation_description;
        const tensor: Tracked = {
          name,
          id: this.tracked.size,
          pid: tensors,
          allocator: allocator_name,
          bytes: requested_bytes,
          start,
          from: { time: end, pid: compute, lane },
          last: end,
        };
        this.tracked.set(name, tensor);
        if (!this.isMemoryShown) return;
        const description = String(tensor_description).replaceAll('"', '');
        const args = { snapshot: { tensor_description: description } };
        this.add('N', 'Tensor', name, tensors, lane, start, { id: tensor.id });
        this.add('O', 'Tensor', name, tensors, lane, end - 1, { id: tensor.id, args });
      });
    }
  }

  private showCompute({ compute, drawn }: Device): void {
    for (const { node, lane, start, end } of drawn) {
      const { op, inputs } = parsed(node.timeline_label);
      const named = inputs.map((input, i) => [`input${i}`, input]);
      const args = { name: node.node_name, op, ...Object.fromEntries(named) };
      this.add('X', 'Op', op, compute, lane, start, { dur: end - start, args });
      for (const input of inputs) {
        const tensor = this.tracked.get(input);
        if (!tensor) continue;
        tensor.last = Math.max(tensor.last, end - 1);
        const { from } = tensor;
        // Arrows along a row would only hide it.
        const isAlong = from.pid === compute && from.lane === lane;
        if (!this.isFlowShown || isAlong) continue;
        const id = this.flows++;
        this.add('s', 'DataFlow', input, from.pid, from.lane, from.time, { id });
        this.add('t', 'DataFlow', input, compute, lane, start, { id });
      }
    }
  }

  private showMemory(): void {
    const changes = new Map<string, [time: number, bytes: number, name: string][]>();
    for (const { name, last, pid, id, allocator, start, bytes } of this.tracked.values()) {
      this.add('D', 'Tensor', name, pid, 0, last, { id });
      const list = changes.get(allocator) ?? [];
      changes.set(allocator, list);
      list.push([start, bytes, name], [last, -bytes, name]);
    }
    for (const [allocator, list] of changes) {
      list.sort(([t, m, a], [u, n, b]) => t - u || m - n || (a < b ? -1 : 1));
      const live = new Set<string>();
      let total = 0;
      let most: AllocationMaximum = { timestamp: 0, num_bytes: 0, tensors: new Set() };
      for (const [timestamp, bytes, name] of list) {
        total += bytes;
        if (bytes < 0) live.delete(name);
        else live.add(name);
        if (total > most.num_bytes) {
          most = { timestamp, num_bytes: total, tensors: new Set(live) };
        }
        this.add('C', 'Memory', allocator, 0, 0, timestamp, { args: { [allocator]: total } });
      }
      this.maximums.set(allocator, most);
    }
  }
}

/** Puts steps that overlap into rows of their own. */
function inLanes(nodes: readonly Node[]): Drawn[] {
  const ends = [0];
  return nodes.map((node) => {
    const start = node.all_start_micros;
    const end = start + node.all_end_rel_micros;
    const free = ends.findIndex((last) => start > last);
    const lane = free < 0 ? ends.length : free;
    ends[lane] = end;
    return { node, lane, start, end };
  });
}
