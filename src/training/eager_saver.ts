/** `tf.contrib.eager.Saver`: saves and restores the variables of eager mode. */

import { onDevice } from '../core/mode.ts';
import { type ArgsOf, signature } from '../core/signature.ts';
import type { VarList } from './saveable.ts';
import { Saver } from './saver.ts';
import type { StepLike } from './saver_arguments.ts';

const saverArguments = signature(['var_list'], (var_list: VarList) => var_list, {
  objects: ['var_list'],
});
const saveArguments = signature(
  ['file_prefix', 'global_step'],
  (file_prefix: string, global_step: StepLike | null = null) => ({ file_prefix, global_step }),
  { name: 'save' },
);
const restoreArguments = signature(['file_prefix'], (file_prefix: string) => file_prefix, {
  name: 'restore',
});

/** Saves and restores variables of eager mode. */
export class EagerSaver {
  private readonly saver: Saver;

  /** A saver of `var_list`: variables, or variables by the names they have in the checkpoint. */
  constructor(...args: ArgsOf<typeof saverArguments>) {
    this.saver = new Saver({ var_list: saverArguments(...args) });
  }

  /** Writes a checkpoint, numbered where `global_step` is given, and returns its name. */
  save(...args: ArgsOf<typeof saveArguments>): string {
    const { file_prefix, global_step } = saveArguments(...args);
    const save = () => this.saver.save(null, file_prefix, { global_step });
    return onDevice('/device:CPU:0', save)!;
  }

  /** Reads the variables from a checkpoint. */
  restore(...args: ArgsOf<typeof restoreArguments>): void {
    onDevice('/device:CPU:0', () => this.saver.restore(null, restoreArguments(...args)));
  }
}
