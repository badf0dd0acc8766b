/** What a graph keeps beside its operations: collections, what may be fed and fetched, whether it is final. */

import { type ContextManager, scoped } from '../core/context.ts';
import { RuntimeError } from '../core/errors.ts';
import type { ArgsOf } from '../core/signature.ts';
import type { Node, Tensor } from '../core/tensor.ts';
import { collectionArguments } from './arguments.ts';
import { Collections } from './collections.ts';
import { SymbolicTensor } from './symbolic_tensor.ts';

/** The part of a graph that holds records. */
export class GraphRecords {
  private readonly lists = new Collections();
  private readonly unfeedable = new Set<Tensor>();
  private readonly unfetchable = new Set<Tensor | Node>();
  private isFinalized = false;

  /** The container of resources that stateful operations get. @internal */
  _container = '';

  /** A context manager whose stateful operations keep their resources in `container_name`. */
  container(container_name: string): ContextManager<string> {
    return scoped(() => {
      const previous = this._container;
      this._container = container_name;
      const leave = (): void => {
        this._container = previous;
      };
      return [container_name, leave];
    });
  }

  /** Has no effect: there is one thread. */
  switch_to_thread_local(): void {}

  /** The names of all collections. */
  get collections(): string[] {
    return this.lists.keys();
  }

  /** Makes the graph read-only. */
  finalize(): void {
    this.isFinalized = true;
  }

  /** Makes a finalized graph writable again. @internal */
  _unsafe_unfinalize(): void {
    this.isFinalized = false;
  }

  get finalized(): boolean {
    return this.isFinalized;
  }

  protected checkNotFinalized(): void {
    if (this.isFinalized) throw new RuntimeError('Graph is finalized and cannot be modified.');
  }

  // ---- collections ---------------------------------------------------------------------------

  /** Appends `value` to the collection `name`. */
  add_to_collection(name: string, value: unknown): void {
    this.checkNotFinalized();
    this.lists.add(name, value);
  }

  /** Appends `value` to each collection of `names`, once. */
  add_to_collections(names: string | readonly string[], value: unknown): void {
    const list = typeof names === 'string' ? [names] : names;
    for (const name of new Set(list)) this.add_to_collection(name, value);
  }

  /** A copy of the collection; with `scope`, the members whose name begins with a match of that regular expression. */
  get_collection(...args: ArgsOf<typeof collectionArguments>): unknown[] {
    const { name, scope } = collectionArguments(...args);
    return this.lists.get(name, scope);
  }

  /** The collection's own list. */
  get_collection_ref(name: string): unknown[] {
    return this.lists.reference(name);
  }

  get_all_collection_keys(): string[] {
    return this.lists.keys();
  }

  /** Empties the collection. */
  clear_collection(name: string): void {
    this.checkNotFinalized();
    this.lists.clear(name);
  }

  // ---- feeding and fetching ------------------------------------------------------------------

  /** Marks `tensor` as not feedable. */
  prevent_feeding(tensor: Tensor): void {
    this.unfeedable.add(tensor);
  }

  is_feedable(tensor: Tensor): boolean {
    return !this.unfeedable.has(tensor);
  }

  /** Marks `op`, an operation or a tensor, as not fetchable. */
  prevent_fetching(op: Node | Tensor): void {
    this.unfetchable.add(op);
  }

  is_fetchable(tensor_or_op: Node | Tensor): boolean {
    if (this.unfetchable.has(tensor_or_op)) return false;
    return !(tensor_or_op instanceof SymbolicTensor && this.unfetchable.has(tensor_or_op.op));
  }
}
