/** The devices of a session, as TF1 lists them. */

import type { ConfigProto } from './config.ts';

/** A device that a session can use. */
export interface Device {
  readonly name: string;
  readonly device_type: string;
  readonly memory_limit_bytes: number;
}

/** Bytes that the wasm heap can grow to. */
const HEAP_LIMIT = 4 * 1024 ** 3;

/** The devices: one CPU, or as many as the config counts. */
export function devices(config: ConfigProto | null): Device[] {
  const count = config?.device_count.CPU ?? 1;
  return Array.from({ length: count }, (_, i) => ({
    name: `/job:localhost/replica:0/task:0/device:CPU:${i}`,
    device_type: 'CPU',
    memory_limit_bytes: HEAP_LIMIT,
  }));
}
