/** TF1's module-level functions of the default graph: scopes, dependencies, devices, collections. */

import { type ContextManager, scoped } from '../core/context.ts';
import { ValueError } from '../core/errors.ts';
import { currentMode, homeOf } from '../core/mode.ts';
import { Operand } from '../core/operand.ts';
import { fn } from '../core/signature.ts';
import { get_default_graph } from './default_graph.ts';
import type { DeviceLike } from './device.ts';
import { Graph } from './graph.ts';
import type { Operation } from './operation.ts';

const nothing = (): ContextManager<void> => ({ enter: () => undefined, exit: () => undefined });

/** The graph that is being built; in eager mode there is none. */
function building(): Graph | null {
  const mode = currentMode();
  return mode instanceof Graph ? mode : null;
}

/** A context manager of a name scope; `name` is what the scope was asked to be called. */
export interface NameScope extends ContextManager<string> {
  readonly name: string | null;
}

/**
 * A context manager that prefixes the names of operations created in it, and gives the scope's full
 * name. `default_name` is used where `name` is `null`; the graph is that of `values`, or the default
 * one. ValueError where both names are `null` and values are given.
 */
export const name_scope = fn(
  ['name', 'default_name', 'values'],
  (
    name: string | null,
    default_name: string | null = null,
    values: readonly unknown[] | null = null,
  ): NameScope => {
    const chosen = name ?? default_name;
    if (chosen === null && values !== null) {
      throw new ValueError('At least one of name (None) and default_name (None) must be provided.');
    }
    const inScope = scoped(() => {
      const graph = currentMode().eager ? null : graphOf(values ?? []);
      graph?.enter();
      const { scope, exit } = currentMode().enterNameScope(chosen);
      return [
        scope,
        () => {
          exit();
          graph?.exit();
        },
      ];
    });
    return { ...inScope, name: chosen };
  },
);

/** The context of the graph that the first of `values` is in; `null` for the graph in force. */
function graphOf(values: readonly unknown[]): ContextManager<unknown> | null {
  const first = values.find((value) => value instanceof Operand) as Operand | undefined;
  const home = first ? homeOf(first) : undefined;
  return home instanceof Graph && home !== currentMode() ? home.as_default() : null;
}

/** A context manager whose operations run after `control_inputs`, operations or tensors; `null` clears what is in force. */
export const control_dependencies = fn(
  ['control_inputs'],
  (control_inputs: readonly unknown[] | null): ContextManager<void> =>
    building()?.control_dependencies(control_inputs) ?? nothing(),
);

/** A context manager that places the operations created in it: a device name, a function of the operation, or `null` to clear. */
export const device = fn(
  ['device_name_or_function'],
  (device_name_or_function: DeviceLike<Operation>): ContextManager<void> =>
    building()?.device(device_name_or_function) ?? nothing(),
);

/** A context manager that places the operations created in it with `op`. */
export const colocate_with = fn(
  ['op', 'ignore_existing'],
  (op: unknown, ignore_existing = false): ContextManager<void> =>
    building()?.colocate_with(op, ignore_existing) ?? nothing(),
);

/** A context manager that adds no operation to the graph in force: control dependencies and scopes are left. */
export const init_scope = fn([], (): ContextManager<void> => {
  let exits: (() => void)[] = [];
  return {
    enter: () => {
      const graph = building();
      if (!graph) return;
      const scope = graph._names.enter(
        graph._names.current === '' ? null : `${graph._names.current}/`,
      );
      exits = [graph._enterControlDependencies(null), () => graph._names.restore(scope)];
    },
    exit: () => {
      for (const exit of exits) exit();
    },
    synchronousOnly: true,
  };
});

/** Appends `value` to the default graph's collection `name`. */
export const add_to_collection = fn(['name', 'value'], (name: string, value: unknown): void =>
  get_default_graph().add_to_collection(name, value),
);

/** Appends `value` to each collection of `names`. */
export const add_to_collections = fn(
  ['names', 'value'],
  (names: string | readonly string[], value: unknown): void =>
    get_default_graph().add_to_collections(names, value),
);

/** A copy of the default graph's collection `key`, filtered by name where `scope` is given. */
export const get_collection = fn(
  ['key', 'scope'],
  (key: string, scope: string | null = null): unknown[] =>
    get_default_graph().get_collection(key, scope),
);

/** The default graph's own list of the collection `key`. */
export const get_collection_ref = fn(['key'], (key: string): unknown[] =>
  get_default_graph().get_collection_ref(key),
);

/** Sets the seed of the default graph's random ops, or of eager ones. */
export const set_random_seed = fn(['seed'], (seed: number | null): void => {
  currentMode().seeds.graph = seed;
});
