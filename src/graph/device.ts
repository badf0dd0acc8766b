/** Device names: `/job:worker/replica:0/task:1/device:GPU:0`, parsed, merged and printed as TF1 does. */

import { ValueError } from '../core/errors.ts';
import type { ArgsOf } from '../core/signature.ts';
import { deviceSpecArguments } from './arguments.ts';

/** A partial specification of a device. Members that are `null` are left open. */
export class DeviceSpec {
  job: string | null;
  replica: number | null;
  task: number | null;
  device_type: string | null;
  device_index: number | null;

  constructor(...args: ArgsOf<typeof deviceSpecArguments>) {
    const { job, replica, task, device_type, device_index } = deviceSpecArguments(...args);
    this.job = job;
    this.replica = replica;
    this.task = task;
    this.device_type = device_type;
    this.device_index = device_index;
  }

  /** Reads a device name. ValueError where it is none. */
  static from_string(spec: string): DeviceSpec {
    return new DeviceSpec().parse_from_string(spec);
  }

  /** Takes over what `spec` says. */
  parse_from_string(spec: string): this {
    for (const part of spec.split('/').filter((p) => p !== '')) {
      const [key, first, second] = part.split(':');
      if (key === 'job') this.job = first ?? null;
      else if (key === 'replica') this.replica = Number(first);
      else if (key === 'task') this.task = Number(first);
      else if (key === 'device') this.place(first!, second);
      else if (/^(cpu|gpu|tpu)$/i.test(key!)) this.place(key!, first);
      else throw new ValueError(`Unknown attribute: '${key}' in '${spec}'`);
    }
    return this;
  }

  /** Takes over what `other` says. */
  merge_from(other: DeviceSpec): void {
    this.job = other.job ?? this.job;
    this.replica = other.replica ?? this.replica;
    this.task = other.task ?? this.task;
    this.device_type = other.device_type ?? this.device_type;
    this.device_index = other.device_index ?? this.device_index;
  }

  /** The device name. */
  to_string(): string {
    const job = this.job === null ? '' : `/job:${this.job}`;
    const replica = this.replica === null ? '' : `/replica:${this.replica}`;
    const task = this.task === null ? '' : `/task:${this.task}`;
    const device =
      this.device_type === null ? '' : `/device:${this.device_type}:${this.device_index ?? '*'}`;
    return job + replica + task + device;
  }

  toString(): string {
    return this.to_string();
  }

  private place(type: string, index: string | undefined): void {
    this.device_type = /^(cpu|gpu|tpu)$/i.test(type) ? type.toUpperCase() : type;
    this.device_index = index === undefined || index === '*' ? null : Number(index);
  }
}

/** What `tf.device` takes: a name, a spec, a function of the operation, or `null` to clear. */
export type DeviceLike<Operation> =
  | string
  | DeviceSpec
  | ((operation: Operation) => string | null)
  | null;

/** `outer` with everything that `inner` leaves open. */
export function mergeDevices(inner: string, outer: string): string {
  if (inner === '') return outer === '' ? '' : DeviceSpec.from_string(outer).to_string();
  const merged = DeviceSpec.from_string(outer);
  merged.merge_from(DeviceSpec.from_string(inner));
  return merged.to_string();
}
