/** Names of a graph: unique ones for operations, and the scopes that prefix them. */

import { ValueError } from '../core/errors.ts';

const VALID_OP_NAME = /^[A-Za-z0-9.][A-Za-z0-9_.\-/]*$/;
const VALID_SCOPE_NAME = /^[A-Za-z0-9_.\-/]*$/;

/** The names in use in one graph, and the scope in force. */
export class Names {
  private readonly inUse = new Map<string, number>();
  /** The scope in force without a closing `/`; empty at the root. */
  private scope = '';

  /** The scope in force, without a closing `/`. */
  get current(): string {
    return this.scope;
  }

  /** A name in the current scope that nothing has yet: `x`, `x_1`, ... Names that differ only in case count as one. */
  unique(name: string, markAsUsed = true): string {
    const full = this.scope === '' ? name : `${this.scope}/${name}`;
    const key = full.toLowerCase();
    const uses = this.inUse.get(key) ?? 0;
    if (markAsUsed) this.inUse.set(key, uses + 1);
    if (uses === 0) return full;
    let next = uses;
    while (this.inUse.has(`${key}_${next}`)) next++;
    if (markAsUsed) this.inUse.set(`${key}_${next}`, 1);
    return `${full}_${next}`;
  }

  /** The name for a new operation: one that ends in `/` is a scope's own and taken as it is. */
  forOperation(name: string): string {
    const resolved = name.endsWith('/') ? name.slice(0, -1) : this.unique(name);
    if (!VALID_OP_NAME.test(resolved))
      throw new ValueError(`'${resolved}' is not a valid node name`);
    return resolved;
  }

  /** Takes `name`, which is whole, out of those that are free. */
  reserve(name: string): void {
    const key = name.toLowerCase();
    if (!this.inUse.has(key)) this.inUse.set(key, 1);
  }

  /** Enters scope `name` (`null` or empty: the root) and returns the scope to go back to. */
  enter(name: string | null): string {
    const previous = this.scope;
    if (!name) {
      this.scope = '';
      return previous;
    }
    const valid = previous === '' ? VALID_OP_NAME : VALID_SCOPE_NAME;
    if (!valid.test(name)) throw new ValueError(`'${name}' is not a valid scope name`);
    this.scope = name.endsWith('/') ? name.slice(0, -1) : this.unique(name);
    return previous;
  }

  /** Goes back to the scope that `enter` returned. */
  restore(scope: string): void {
    this.scope = scope;
  }
}
