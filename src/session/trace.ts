/** Records what each step of a run took, for RunMetadata. */

import { type BackendValue, type Buffer, byteSize } from '../backend/value.ts';
import type { Value } from '../core/kernels.ts';
import type { NodeExecStats, RunMetadata } from './config.ts';
import { labelText } from './node_text.ts';
import type { Plan, Step } from './plan.ts';
import type { Observer } from './walk.ts';

const CPU = '/job:localhost/replica:0/task:0/device:CPU:0';

/** An observer that fills `metadata`. `feeds` are there before the first step. */
export class Trace implements Observer {
  private readonly stats: NodeExecStats[] = [];
  private readonly memory = new LiveBytes();
  private started = 0;

  constructor(metadata: RunMetadata, plan: Plan, feeds: readonly BackendValue[]) {
    metadata.step_stats = { dev_stats: [{ device: CPU, node_stats: this.stats }] };
    metadata.host_transfers = { to_device_bytes: bytesOf(feeds), from_device_bytes: 0 };
    metadata.memory = this.memory;
    plan.feeds.forEach((slot, i) => {
      this.memory.add(slot, feeds[i]!);
    });
  }

  begin(): void {
    this.memory.begin();
    this.started = micros();
  }

  end(step: Step, outputs: readonly (Value | null)[]): void {
    const duration = Math.max(1, Math.round(micros() - this.started));
    const total_bytes = this.memory.end(step, outputs as readonly (BackendValue | null)[]);
    this.stats.push({
      node_name: step.operation.name,
      all_start_micros: Math.round(this.started),
      op_start_rel_micros: 0,
      op_end_rel_micros: duration,
      all_end_rel_micros: duration,
      timeline_label: labelText(step.operation),
      memory: [
        {
          allocator_name: 'cpu',
          total_bytes,
          peak_bytes: this.memory.peak_bytes,
          live_bytes: this.memory.live_bytes,
        },
      ],
      output: outputs.flatMap((value, slot) =>
        value === null ? [] : [{ slot, tensor_description: describe(value) }],
      ),
    });
  }

  /** Says that the last step has run. */
  finish(): void {
    this.memory.begin();
  }
}

/** Counts the bytes of the values that a run holds; values that share their numbers count once. */
class LiveBytes {
  live_bytes = 0;
  peak_bytes = 0;
  private readonly bySlot = new Map<number, Buffer>();
  private readonly sizes = new Map<Buffer, number>();
  /** The slots that were emptied after the step before. */
  private freed: readonly number[] = [];

  /** Counts what was freed before the next step. */
  begin(): void {
    for (const slot of this.freed) {
      const buffer = this.bySlot.get(slot);
      if (!buffer || buffer.refs > 0) continue;
      this.live_bytes -= this.sizes.get(buffer) ?? 0;
      this.sizes.delete(buffer);
    }
    this.freed = [];
  }

  /** Counts what `step` gave; the bytes that are new. */
  end({ outputs, frees }: Step, values: readonly (BackendValue | null)[]): number {
    const before = this.live_bytes;
    values.forEach((value, i) => {
      if (value) this.add(outputs[i]!, value);
    });
    this.freed = frees;
    return this.live_bytes - before;
  }

  /** Counts `value` in `slot`. */
  add(slot: number, value: BackendValue): void {
    const { buffer } = value;
    if (value.handle !== null) return;
    this.bySlot.set(slot, buffer);
    if (this.sizes.has(buffer)) return;
    const bytes = byteSize(value);
    this.sizes.set(buffer, bytes);
    this.live_bytes += bytes;
    this.peak_bytes = Math.max(this.peak_bytes, this.live_bytes);
  }
}

function describe(value: Value): NodeExecStats['output'][number]['tensor_description'] {
  const bytes = value.handle === null ? byteSize(value) : 0;
  return { dtype: value.dtype.name, shape: [...value.shape], bytes };
}

/** The bytes of `values` together. */
export function bytesOf(values: readonly (BackendValue | null)[]): number {
  return values.reduce(
    (sum, value) => sum + (value && value.handle === null ? byteSize(value) : 0),
    0,
  );
}

/** The time since 1970 in microseconds, with the clock's full resolution. */
function micros(): number {
  return (performance.timeOrigin + performance.now()) * 1000;
}
