/** `tf.train.warm_start`: the variables of a model begin with the values of an earlier one's. */

import { ValueError } from '../core/errors.ts';
import { fn } from '../core/signature.ts';
import { GraphKeys } from '../graph/collections.ts';
import { get_default_graph } from '../graph/default_graph.ts';
import { debug, info } from '../platform/logging.ts';
import { Variable } from '../variables/index.ts';
import { init_from_checkpoint } from './checkpoint_init.ts';
import { op_list_to_dict } from './saveable.ts';
import { initializeWithVocabulary, type VocabInfo } from './vocab_info.ts';

type ByName<T> = Readonly<Record<string, T>>;
/** A pattern of names of trainable variables, patterns of any variables' names, or variables. */
type Selection = string | readonly (string | Variable)[] | null;

/**
 * Makes variables begin with the values that they have in a checkpoint, or in the newest one of a
 * directory. `var_name_to_prev_var_name` says what some are called there; `var_name_to_vocab_info`
 * says for which rows or columns stand for words of a vocabulary that changed. ValueError for names
 * in these two that are not used.
 */
export const warm_start = fn(
  [
    'ckpt_to_initialize_from',
    'vars_to_warm_start',
    'var_name_to_vocab_info',
    'var_name_to_prev_var_name',
  ],
  (
    ckpt_to_initialize_from: string,
    vars_to_warm_start: Selection = '.*',
    var_name_to_vocab_info: ByName<VocabInfo> | null = null,
    var_name_to_prev_var_name: ByName<string> | null = null,
  ): void => {
    info('Warm-starting from: %s', ckpt_to_initialize_from);
    const vocabularies = new Map(Object.entries(var_name_to_vocab_info ?? {}));
    const previous = new Map(Object.entries(var_name_to_prev_var_name ?? {}));
    const variables = grouped(vars_to_warm_start);
    let plain = new Map<string, Variable | Variable[]>();
    const start = () => {
      if (plain.size > 0) init_from_checkpoint(ckpt_to_initialize_from, plain);
      plain = new Map();
    };
    for (const [name, slices] of variables) {
      const vocabulary = vocabularies.get(name);
      const stored = previous.get(name) ?? name;
      if (vocabulary) initializeWithVocabulary(slices, vocabulary, ckpt_to_initialize_from, stored);
      else if (vars_to_warm_start !== null) {
        debug('Warm-starting variable: %s; prev_var_name: %s', name, stored);
        // One call initializes at most one variable from each tensor.
        if (plain.has(stored)) start();
        plain.set(stored, slices.length === 1 ? slices[0]! : slices);
      }
    }
    start();
    checkUsed('var_name_to_prev_var_name', previous, variables);
    checkUsed('var_name_to_vocab_info', vocabularies, variables);
  },
  { objects: ['var_name_to_vocab_info', 'var_name_to_prev_var_name'] },
);

function checkUsed(
  parameter: string,
  given: ReadonlyMap<string, unknown>,
  variables: ReadonlyMap<string, unknown>,
): void {
  const unused = [...given.keys()].filter((name) => !variables.has(name));
  if (unused.length === 0) return;
  const list = (names: Iterable<string>) => [...names].map((name) => `'${name}'`).join(', ');
  throw new ValueError(
    `You provided the following variables in ${parameter} that were not used: {${list(unused)}}.  Perhaps you misspelled them?  Here is the list of viable variable names: dict_keys([${list(variables.keys())}])`,
  );
}

/** The variables that are meant, by name; slices of one come together. */
function grouped(selection: Selection): Map<string, Variable[]> {
  const groups = new Map<string, Variable[]>();
  for (const variable of selected(selection)) {
    const [name] = op_list_to_dict([variable]).keys() as Iterable<string>;
    groups.set(name!, [...(groups.get(name!) ?? []), variable]);
  }
  return groups;
}

function selected(selection: Selection): Variable[] {
  const collected = (key: string, scope: string | null) =>
    get_default_graph().get_collection(key, scope) as Variable[];
  if (selection === null || typeof selection === 'string') {
    info('Warm-starting variables only in TRAINABLE_VARIABLES.');
    return collected(GraphKeys.TRAINABLE_VARIABLES, selection);
  }
  if (!Array.isArray(selection)) {
    throw new ValueError(
      `\`vars_to_warm_start must be a \`list\` or \`str\`.  Given type is ${typeof selection}`,
    );
  }
  if (selection.every((one) => typeof one === 'string')) {
    return selection.flatMap((scope) => collected(GraphKeys.GLOBAL_VARIABLES, scope as string));
  }
  if (selection.every((one) => one instanceof Variable)) return [...selection] as Variable[];
  throw new ValueError(
    `If \`vars_to_warm_start\` is a list, it must be all \`Variable\` or all \`str\`.  Given types are [${selection.map((one) => typeof one).join(', ')}]`,
  );
}
