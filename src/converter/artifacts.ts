/**
 * A tfjs model as plain data, and where it comes from: a directory, an address, or anything that has
 * tfjs's `load()`. What a model names is never trusted: its shards stay within its directory.
 */

import { InvalidArgumentError, NotFoundError, UnimplementedError } from '../core/errors.ts';
import { fileSystem, readBytes } from '../platform/files.ts';
import type { WeightSpec } from './weights.ts';

/** A model in memory, with tfjs's names of its parts. */
export interface ModelArtifacts {
  /** The graph: a GraphDef in protobuf's JSON. */
  readonly modelTopology?: unknown;
  readonly weightSpecs?: readonly WeightSpec[];
  readonly weightData?: ArrayBuffer | readonly ArrayBuffer[];
  readonly format?: string;
  readonly generatedBy?: string | null;
  readonly convertedBy?: string | null;
  /** The names of inputs and outputs. */
  readonly signature?: unknown;
  readonly userDefinedMetadata?: unknown;
  /** A graph that fills tables, to be run once. */
  readonly modelInitializer?: unknown;
  readonly initializerSignature?: unknown;
}

/** Where a model is loaded from at once: the path of `model.json` or of its directory, or the model. */
export type ModelSource = string | ModelArtifacts | { load(): ModelArtifacts };
/** Where a model is loaded from with waiting: what `ModelSource` has, an address, or tfjs's handler. */
export type AsyncModelSource = ModelSource | { load(): Promise<ModelArtifacts> };

/** A group of weights, whose bytes are those of its files in turn. */
interface WeightGroup {
  readonly paths: readonly string[];
  readonly weights: readonly WeightSpec[];
}

/** The text of a `model.json` as data. */
interface ModelJson extends ModelArtifacts {
  readonly weightsManifest?: readonly WeightGroup[];
}

const MODEL_FILE = 'model.json';
const OLD_TOPOLOGY = 'tensorflowjs_model.pb';

/** The model that `source` is or names. Errors of files as TensorFlow has them. */
export function loadArtifacts(source: ModelSource): ModelArtifacts {
  if (typeof source !== 'string') return 'load' in source ? source.load() : source;
  if (isAddress(source)) {
    throw new UnimplementedError(
      null,
      null,
      `'${source}' can only be loaded with waiting\n\nUse await load_graph_model_async(...).`,
    );
  }
  const file = modelFile(source);
  const directory = file.slice(0, file.lastIndexOf('/') + 1);
  const model = parseModel(new TextDecoder().decode(readBytes(file)), file);
  return withWeights(
    model,
    groupsOf(model).flatMap(({ paths }) => paths.map((path) => readBytes(directory + path))),
  );
}

/** The model that `source` is or names, when it is there. */
export async function fetchArtifacts(source: AsyncModelSource): Promise<ModelArtifacts> {
  if (typeof source !== 'string') return 'load' in source ? await source.load() : source;
  if (!isAddress(source)) return loadArtifacts(source);
  const model = parseModel(new TextDecoder().decode(await download(source)), source);
  const paths = groupsOf(model).flatMap((group) => group.paths);
  const shards = paths.map((path) => download(new URL(path, source).href));
  return withWeights(model, await Promise.all(shards));
}

/** Whether a file is a tfjs model, by what its JSON has. */
export function isModelJson(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'modelTopology' in value;
}

function isAddress(source: string): boolean {
  return /^[a-z]{2,}:\/\//i.test(source);
}

/** The `model.json` that a path means: itself, or the one in that directory. */
function modelFile(path: string): string {
  const plain = path.replace(/\\/g, '/');
  const isDirectory = fileSystem().statSync(plain, { throwIfNoEntry: false })?.isDirectory();
  if (!isDirectory) return plain;
  const directory = plain.replace(/\/*$/, '/');
  if (fileSystem().existsSync(directory + OLD_TOPOLOGY)) {
    throw new UnimplementedError(
      null,
      null,
      `${directory + OLD_TOPOLOGY}: models of tfjs before 1.0 are not read\n\nConvert it with tensorflowjs_converter's pb2json.`,
    );
  }
  return directory + MODEL_FILE;
}

function parseModel(text: string, file: string): ModelJson {
  let model: unknown;
  try {
    model = JSON.parse(text);
  } catch (error) {
    throw new InvalidArgumentError(null, null, `${file} is no JSON: ${(error as Error).message}`);
  }
  if (isModelJson(model)) return model as ModelJson;
  throw new InvalidArgumentError(null, null, `${file} is no tfjs model: it has no modelTopology.`);
}

/** The groups of weights, their paths checked. */
function groupsOf({ weightsManifest }: ModelJson): readonly WeightGroup[] {
  const groups = weightsManifest ?? [];
  const whole = Array.isArray(groups) && groups.every(isGroup);
  if (!whole) throw new InvalidArgumentError(null, null, 'The weightsManifest is damaged.');
  for (const { paths } of groups) for (const path of paths) checkPath(path);
  return groups;
}

function isGroup(group: unknown): boolean {
  const { paths, weights } = (group ?? {}) as Partial<WeightGroup>;
  return Array.isArray(paths) && Array.isArray(weights);
}

function checkPath(path: unknown): void {
  const safe =
    typeof path === 'string' &&
    !/^[/\\]|^[a-z]+:/i.test(path) &&
    !path.split(/[/\\]/).includes('..');
  if (safe) return;
  throw new InvalidArgumentError(
    null,
    null,
    `The weights are in '${path}', which is outside the directory of the model.`,
  );
}

function withWeights(model: ModelJson, shards: readonly Uint8Array[]): ModelArtifacts {
  const { weightsManifest, ...artifacts } = model;
  const bytes = new Uint8Array(shards.reduce((total, shard) => total + shard.length, 0));
  let at = 0;
  for (const shard of shards) {
    bytes.set(shard, at);
    at += shard.length;
  }
  const weightSpecs = (weightsManifest ?? []).flatMap(({ weights }) => weights);
  return { ...artifacts, weightSpecs, weightData: bytes.buffer };
}

async function download(address: string): Promise<Uint8Array> {
  const answer = await fetch(address);
  if (answer.ok) return new Uint8Array(await answer.arrayBuffer());
  throw new NotFoundError(null, null, `${address}: ${answer.status} ${answer.statusText}`);
}
