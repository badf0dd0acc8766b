/** The trace of a run as the message that TensorBoard reads. */

import { as_dtype } from '../core/dtype.ts';
import { RunMetadataMessage } from '../formats/summary_messages.ts';
import type { NodeExecStats, RunMetadata } from '../session/config.ts';

/** The serialized RunMetadata. */
export function runMetadataBytes(metadata: RunMetadata): Uint8Array {
  return messageOf(metadata.step_stats).SerializeToString();
}

/** A RunMetadata message with these steps. */
export function messageOf({ dev_stats }: RunMetadata['step_stats']): RunMetadataMessage {
  const devices = dev_stats.map(({ device, node_stats }) => ({
    device,
    node_stats: node_stats.map(nodeStats),
  }));
  return new RunMetadataMessage({ step_stats: { dev_stats: devices } });
}

function nodeStats(stats: NodeExecStats): object {
  return {
    node_name: stats.node_name,
    all_start_micros: Math.round(stats.all_start_micros),
    op_start_rel_micros: Math.round(stats.op_start_rel_micros),
    op_end_rel_micros: Math.round(stats.op_end_rel_micros),
    all_end_rel_micros: Math.round(stats.all_end_rel_micros),
    timeline_label: stats.timeline_label,
    memory: stats.memory.map((used) => ({ ...used })),
    output: stats.output.map(({ slot, tensor_description: { dtype, shape, bytes } }) => ({
      slot,
      tensor_description: {
        dtype: as_dtype(dtype).as_datatype_enum,
        shape: { dim: shape.map((size) => ({ size })) },
        allocation_description: {
          requested_bytes: bytes,
          allocated_bytes: bytes,
          allocator_name: 'cpu',
        },
      },
    })),
  };
}
