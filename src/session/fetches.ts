/**
 * Fetches: any nesting of tensors, operations, variables and names, and the same nesting of results.
 * A structure is read once into the list of elements to compute; `assemble` puts the values back.
 */

import { pythonText, pythonType } from '../core/call.ts';
import { KeyError, ValueError } from '../core/errors.ts';
import type { Fetched } from '../core/fetched.ts';
import type { Operand } from '../core/operand.ts';
import { isPlainObject } from '../core/signature.ts';
import type { Node } from '../core/tensor.ts';
import type { Graph } from '../graph/graph.ts';
import { Operation } from '../graph/operation.ts';
import { SymbolicTensor } from '../graph/symbolic_tensor.ts';

/** What `run` returns for fetches of type `F`: the same structure, with values for tensors and `null` for operations. */
export type FetchResult<F> = F extends { readonly _fetchResult?: infer V }
  ? unknown extends V
    ? PlainFetchResult<F>
    : V
  : PlainFetchResult<F>;
type PlainFetchResult<F> = F extends Operand
  ? Fetched
  : F extends Node
    ? null
    : F extends string
      ? Fetched
      : F extends ReadonlyMap<infer K, infer V>
        ? Map<K, FetchResult<V>>
        : F extends object
          ? { -readonly [K in keyof F]: FetchResult<F[K]> }
          : never;

type Element = SymbolicTensor | Operation;
/** The values of a run, in the order of the elements; `null` for operations. */
export type Values = readonly unknown[];

/** A structure of fetches, read. */
export interface FetchMap {
  /** What to compute, each once. */
  readonly elements: readonly Element[];
  /** Puts values in place of the elements. */
  readonly assemble: (values: Values) => unknown;
}

/** What knows how to be fetched in parts: SparseTensor, IndexedSlices. */
interface Composite {
  _fetchParts(): { parts: readonly unknown[]; assemble(values: readonly unknown[]): unknown };
}

/** A class like Python's namedtuple: an array with named members. */
type NamedTupleClass = new (...members: unknown[]) => readonly unknown[];

/** Reads `fetches` for `graph`. TypeError and ValueError with TF1's words for what cannot be fetched. */
export function mapFetches(graph: Graph, fetches: unknown): FetchMap {
  const elements = new Map<Element, number>();
  const assemble = read(graph, fetches, elements);
  return { elements: [...elements.keys()], assemble };
}

function read(
  graph: Graph,
  fetch: unknown,
  elements: Map<Element, number>,
): (values: Values) => unknown {
  if (fetch === null || fetch === undefined) {
    throw new TypeError(`Fetch argument None has invalid type <class 'NoneType'>`);
  }
  if (Array.isArray(fetch)) return readList(graph, fetch, elements);
  if (fetch instanceof Map) {
    const readers = [...fetch].map(([key, value]) => [key, read(graph, value, elements)] as const);
    return (values) => new Map(readers.map(([key, reader]) => [key, reader(values)]));
  }
  if (isPlainObject(fetch)) {
    const readers = Object.entries(fetch).map(
      ([key, value]) => [key, read(graph, value, elements)] as const,
    );
    return (values) => Object.fromEntries(readers.map(([key, reader]) => [key, reader(values)]));
  }
  if (isComposite(fetch)) {
    const { parts, assemble } = fetch._fetchParts();
    const readers = parts.map((part) => (part === null ? () => null : read(graph, part, elements)));
    return (values) => assemble(readers.map((reader) => reader(values)));
  }
  const element = elementOf(graph, fetch);
  const index = elements.get(element) ?? elements.size;
  elements.set(element, index);
  return (values) => values[index];
}

function readList(
  graph: Graph,
  list: readonly unknown[],
  elements: Map<Element, number>,
): (values: Values) => unknown {
  const readers = list.map((member) => read(graph, member, elements));
  const type = list.constructor as NamedTupleClass & { _fields?: readonly string[] };
  if (!type._fields) return (values) => readers.map((reader) => reader(values));
  return (values) => new type(...readers.map((reader) => reader(values)));
}

function isComposite(value: unknown): value is Composite {
  return typeof value === 'object' && value !== null && '_fetchParts' in value;
}

function elementOf(graph: Graph, fetch: unknown): Element {
  let element: Element;
  try {
    element = graph.as_graph_element(fetch);
  } catch (error) {
    const text = show(fetch);
    if (error instanceof TypeError) {
      throw new TypeError(
        `Fetch argument ${text} has invalid type <class '${pythonType(fetch)}'>, must be a string or Tensor. (${error.message})`,
      );
    }
    if (error instanceof ValueError || error instanceof KeyError) {
      throw new ValueError(
        `Fetch argument ${text} cannot be interpreted as a Tensor. (${error.message})`,
      );
    }
    throw error;
  }
  if (!graph.is_fetchable(element)) {
    const { name } = element instanceof Operation ? element : element.op;
    throw new ValueError(`Operation '${name}' has been marked as not fetchable.`);
  }
  return element;
}

/** A fetch as Python's repr shows it. */
function show(fetch: unknown): string {
  if (fetch instanceof SymbolicTensor) {
    return `<tf.Tensor '${fetch.name}' shape=${fetch.shape} dtype=${fetch.dtype.name}>`;
  }
  if (fetch instanceof Operation) return `<tf.Operation '${fetch.name}' type=${fetch.type}>`;
  return pythonText(fetch);
}
