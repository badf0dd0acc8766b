/** `tf.contrib.predictor`: a SavedModel as a function from arrays by key to arrays by key. */

import { ValueError } from '../core/errors.ts';
import { fn } from '../core/signature.ts';
import type { Tensor } from '../core/tensor.ts';
import type { SignatureDef } from '../formats/meta_graph_messages.ts';
import { Graph } from '../graph/graph.ts';
import type { FeedValue } from '../session/feeds.ts';
import { type BaseSession, Session } from '../session/session.ts';
import { load, metaGraphWithTags, readSavedModel } from './loader.ts';
import { DEFAULT_SERVING_SIGNATURE_DEF_KEY } from './signature_constants.ts';
import { SERVING } from './tag_constants.ts';

type Inputs = Readonly<Record<string, FeedValue>>;
type Names = Readonly<Record<string, string>>;

/** Runs one signature of a model. It holds a session: `predictor.session.close()` frees that. */
export interface Predictor {
  /** The outputs by key, for inputs by key; keys that are left out have the model's own values. ValueError for unknown keys. */
  (input_dict: Inputs): Record<string, unknown>;
  readonly graph: Graph;
  readonly session: BaseSession;
  /** The tensors of the inputs. */
  readonly feed_tensors: Readonly<Record<string, Tensor>>;
  /** The tensors of the outputs. */
  readonly fetch_tensors: Readonly<Record<string, Tensor>>;
}

/**
 * A predictor of the model in `export_dir`: of its signature `signature_def_key` (`serving_default`
 * if none is named), of `signature_def`, or of the tensors that `input_names` and `output_names`
 * name by key. `tags` are separated by commas. ValueError where more than one of these is given, or
 * the model has no such signature.
 */
export const from_saved_model = fn(
  [
    'export_dir',
    'signature_def_key',
    'signature_def',
    'input_names',
    'output_names',
    'tags',
    'graph',
  ],
  (
    export_dir: string,
    signature_def_key: string | null = null,
    signature_def: SignatureDef | null = null,
    input_names: Names | null = null,
    output_names: Names | null = null,
    tags: string | null = null,
    graph: Graph | null = null,
  ): Predictor => {
    checkChoice(signature_def_key, signature_def, input_names, output_names);
    const home = graph ?? new Graph();
    const session = new Session({ graph: home });
    try {
      const tagList = (tags ?? SERVING).split(',');
      load(session, tagList, export_dir);
      const def =
        input_names && output_names
          ? null
          : (signature_def ?? signatureOf(export_dir, tagList, signature_def_key));
      const inputs = input_names ?? namesOf(def!.inputs);
      const outputs = output_names ?? namesOf(def!.outputs);
      return predictorOf(session, tensorsOf(home, inputs), tensorsOf(home, outputs));
    } catch (error) {
      session.close();
      throw error;
    }
  },
  { objects: ['input_names', 'output_names'] },
);

function checkChoice(
  key: string | null,
  def: SignatureDef | null,
  inputs: Names | null,
  outputs: Names | null,
): void {
  if ((inputs === null) !== (outputs === null)) {
    throw new ValueError(
      'input_names and output_names must both be specified or both be unspecified.',
    );
  }
  if ([key, def, inputs].filter((given) => given !== null).length > 1) {
    throw new ValueError(
      'You must specify at most one of signature_def_key OR signature_def OR(input_names AND output_names).',
    );
  }
}

function signatureOf(
  export_dir: string,
  tags: readonly string[],
  signature_def_key: string | null,
): SignatureDef {
  const key = signature_def_key ?? DEFAULT_SERVING_SIGNATURE_DEF_KEY;
  const { signature_def } = metaGraphWithTags(readSavedModel(export_dir), tags);
  const found = signature_def[key] ?? signature_def[`default_input_alternative:${key}`];
  if (found) return found;
  const available = Object.keys(signature_def).map((name) => `'${name}'`);
  throw new ValueError(
    `Got signature_def_key "${key}". Available signatures are [${available.join(', ')}].`,
  );
}

function namesOf(infos: SignatureDef['inputs']): Names {
  return Object.fromEntries(Object.entries(infos).map(([key, { name }]) => [key, name]));
}

function tensorsOf(graph: Graph, names: Names): Record<string, Tensor> {
  const entries = Object.entries(names);
  return Object.fromEntries(entries.map(([key, name]) => [key, graph.get_tensor_by_name(name)]));
}

function predictorOf(
  session: BaseSession,
  feed_tensors: Readonly<Record<string, Tensor>>,
  fetch_tensors: Readonly<Record<string, Tensor>>,
): Predictor {
  const predict = (input_dict: Inputs): Record<string, unknown> => {
    const expected = Object.keys(feed_tensors);
    const unexpected = Object.keys(input_dict).filter((key) => !expected.includes(key));
    if (unexpected.length > 0) {
      throw new ValueError(
        `Got unexpected keys in input_dict: ${setText(unexpected)}\nexpected: ${setText(expected)}`,
      );
    }
    const feeds = Object.entries(input_dict).map(
      ([key, value]) => [feed_tensors[key]!, value] as const,
    );
    return session.run({ ...fetch_tensors }, new Map(feeds));
  };
  return Object.assign(predict, { graph: session.graph, session, feed_tensors, fetch_tensors });
}

const setText = (keys: readonly string[]): string =>
  `{${keys.map((key) => `'${key}'`).join(', ')}}`;
