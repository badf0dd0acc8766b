/** Whether the devices that operations ask for are there. Placement is soft unless a session's options say otherwise. */

import { InvalidArgumentError, withHint } from '../core/errors.ts';
import { DeviceSpec } from '../graph/device.ts';
import type { Operation } from '../graph/operation.ts';
import type { ConfigProto } from './config.ts';
import { devices } from './devices.ts';

/** InvalidArgumentError if `operation` is pinned to a kind of device that the session lacks, and `config` wants it there. */
export function checkPlacement(operation: Operation, config: ConfigProto | null): void {
  if (config === null || config.allow_soft_placement || operation.device === '') return;
  const { device_type } = DeviceSpec.from_string(operation.device);
  const present = devices(config);
  if (device_type === null || present.some((device) => device.device_type === device_type)) return;
  const text = `Cannot assign a device for operation '${operation.name}': Could not satisfy explicit device specification '${operation.device}' because no supported kernel for ${device_type} devices is available.`;
  const hint = `Devices: ${present.map(({ name }) => name).join(', ')}.\nLet it run where it can: new tf.ConfigProto({ allow_soft_placement: true }).`;
  throw new InvalidArgumentError(operation, operation, withHint(text, hint));
}
