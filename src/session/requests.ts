/**
 * What a run is asked for, and the memory of the last ones: a training loop asks for the very same
 * tensors again and again, and reading fetches and the keys of feeds takes longer than a small run.
 */

import { isPlainObject } from '../core/signature.ts';
import { Operation } from '../graph/operation.ts';
import { SymbolicTensor } from '../graph/symbolic_tensor.ts';
import type { Entry } from './feeds.ts';
import type { FetchMap } from './fetches.ts';
import type { Plan } from './plan.ts';

/** Fetches and the tensors that are fed, read. */
export interface Request {
  readonly map: FetchMap;
  readonly tensors: readonly SymbolicTensor[];
  /** Its plan, as long as the graph's edges are those of this revision. */
  plan: Plan | null;
  revision: number;
}

/** A tensor or operation, or the name of one: it always means the same. */
type Name = SymbolicTensor | Operation | string;

/** The words of a request. */
interface Asked {
  /** The only fetch, or a list of fetches. */
  readonly fetches: Name | readonly Name[];
  readonly keys: readonly Name[];
  readonly request: Request;
}

/** Requests that are remembered. */
const REMEMBERED = 4;

/** The last requests of a session. */
export class Requests {
  private readonly recent: Asked[] = [];

  /** The request of a call of `run` in one of its common forms, if it was made before, and its feeds. */
  ofCall(args: readonly unknown[]): { request: Request; entries: readonly Entry[] } | null {
    const entries = entriesOfCall(args);
    const request = entries && this.find(args[0], entries);
    return request && { request, entries: entries! };
  }

  private find(fetches: unknown, entries: readonly Entry[]): Request | null {
    for (const asked of this.recent) {
      if (sameFetches(asked.fetches, fetches) && sameKeys(asked.keys, entries)) {
        return asked.request;
      }
    }
    return null;
  }

  /** Remembers `request`, if its words are plain names, tensors and operations. */
  add(fetches: unknown, entries: readonly Entry[], request: Request): void {
    const keys = entries.map(([key]) => key);
    const isList = Array.isArray(fetches) && fetches.constructor === Array;
    if (!keys.every(isName) || !(isList ? fetches.every(isName) : isName(fetches))) return;
    this.recent.unshift({ fetches: isList ? [...fetches] : (fetches as Name), keys, request });
    if (this.recent.length > REMEMBERED) this.recent.pop();
  }

  clear(): void {
    this.recent.length = 0;
  }
}

const NO_FEEDS: readonly Entry[] = [];

/** The feeds of `run(fetches)`, `run(fetches, pairs)` and `run(fetches, { feed_dict: pairs })`; `null` of another call. */
function entriesOfCall(args: readonly unknown[]): readonly Entry[] | null {
  if (args.length === 1) return NO_FEEDS;
  if (args.length !== 2) return null;
  const [, second] = args;
  if (Array.isArray(second)) return second as readonly Entry[];
  if (!isPlainObject(second)) return null;
  for (const key in second) if (key !== 'feed_dict') return null;
  const { feed_dict } = second;
  return Array.isArray(feed_dict) ? (feed_dict as readonly Entry[]) : null;
}

const isName = (value: unknown): value is Name =>
  value instanceof SymbolicTensor || value instanceof Operation || typeof value === 'string';

function sameFetches(known: Asked['fetches'], fetches: unknown): boolean {
  if (known === fetches) return true;
  if (!Array.isArray(known) || !Array.isArray(fetches)) return false;
  if (fetches.constructor !== Array || known.length !== fetches.length) return false;
  for (let i = 0; i < known.length; i++) if (known[i] !== fetches[i]) return false;
  return true;
}

function sameKeys(known: readonly Name[], entries: readonly Entry[]): boolean {
  if (known.length !== entries.length) return false;
  for (let i = 0; i < known.length; i++) if (known[i] !== entries[i]?.[0]) return false;
  return true;
}
