/** Records what each step of a run took, for RunMetadata. */

import { type BackendValue, byteSize } from '../backend/value.ts';
import type { Value } from '../core/kernels.ts';
import type { NodeExecStats, RunMetadata } from './config.ts';
import { nodeText } from './node_text.ts';
import type { Step } from './plan.ts';
import type { Observer } from './walk.ts';

const CPU = '/job:localhost/replica:0/task:0/device:CPU:0';

/** An observer that fills `metadata`. */
export class Trace implements Observer {
  private readonly stats: NodeExecStats[] = [];
  private started = 0;

  constructor(metadata: RunMetadata) {
    metadata.step_stats = { dev_stats: [{ device: CPU, node_stats: this.stats }] };
    metadata.host_transfers = { to_device_bytes: 0, from_device_bytes: 0 };
  }

  begin(_step: Step): void {
    this.started = micros();
  }

  end(step: Step, outputs: readonly (Value | null)[]): void {
    const duration = Math.max(1, Math.round(micros() - this.started));
    this.stats.push({
      node_name: step.operation.name,
      all_start_micros: Math.round(this.started),
      op_start_rel_micros: 0,
      op_end_rel_micros: duration,
      all_end_rel_micros: duration,
      timeline_label: nodeText(step.operation),
      output: outputs.flatMap((value, slot) =>
        value === null ? [] : [{ slot, tensor_description: describe(value) }],
      ),
    });
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
