/** Which variable scope is current, graph by graph, and entering and leaving scopes. */

import { type ContextManager, scoped } from '../core/context.ts';
import type { DType } from '../core/dtype.ts';
import { ValueError } from '../core/errors.ts';
import { executing_eagerly } from '../core/mode.ts';
import { fn } from '../core/signature.ts';
import { get_default_graph } from '../graph/default_graph.ts';
import type { Graph } from '../graph/graph.ts';
import { name_scope } from '../graph/scopes.ts';
import { SymbolicTensor } from '../graph/symbolic_tensor.ts';
import type { Constraint } from './arguments.ts';
import type { Partitioner } from './partitioners.ts';
import {
  AUTO_REUSE,
  type CustomGetter,
  type InitializerLike,
  type Regularizer,
  type Reuse,
} from './requests.ts';
import { Variable } from './variable.ts';
import { VariableScope } from './variable_scope.ts';
import { VariableStore } from './variable_store.ts';

/** What one graph knows of variable scopes. */
class GraphScopes {
  store = new VariableStore(false);
  current = new VariableScope(false);
  /** How often each scope was opened, so that default names can be made unique. */
  counts = new Map<string, number>();

  open(name: string): void {
    this.counts.set(name, (this.counts.get(name) ?? 0) + 1);
  }

  closeInside(name: string): void {
    for (const key of this.counts.keys()) {
      if (name === '' || key.startsWith(`${name}/`)) this.counts.set(key, 0);
    }
  }
}

const scopes = new WeakMap<Graph, GraphScopes>();

function scopesOf(graph: Graph): GraphScopes {
  const known = scopes.get(graph);
  if (known) return known;
  const created = new GraphScopes();
  scopes.set(graph, created);
  return created;
}

/** The scope that `tf.get_variable` uses now. */
export const get_variable_scope = fn(
  [],
  (): VariableScope => scopesOf(get_default_graph()).current,
);

/** The default graph's variables by name. */
export function defaultStore(): VariableStore {
  return scopesOf(get_default_graph()).store;
}

/** A context manager in which variables are kept in `store`. */
export function withStore(store: VariableStore): ContextManager<VariableStore> {
  return scoped(() => {
    const state = scopesOf(get_default_graph());
    const old = state.store;
    state.store = store;
    return [
      store,
      () => {
        state.store = old;
      },
    ];
  });
}

/** What a scope sets; `null` inherits. */
export interface ScopeSettings {
  readonly initializer: InitializerLike | null;
  readonly regularizer: Regularizer | null;
  readonly caching_device: string | null;
  readonly partitioner: Partitioner | null;
  readonly custom_getter: CustomGetter | null;
  readonly reuse: Reuse;
  readonly dtype: DType | null;
  readonly use_resource: boolean | null;
  readonly constraint: Constraint | null;
}

const INHERIT: ScopeSettings = {
  initializer: null,
  regularizer: null,
  caching_device: null,
  partitioner: null,
  custom_getter: null,
  reuse: null,
  dtype: null,
  use_resource: null,
  constraint: null,
};

/** A variable scope without a name scope: `nameScope` is what it remembers as its own. */
export function pureScope(
  scope: string | VariableScope,
  settings: Partial<ScopeSettings>,
  nameScope: string | null,
): ContextManager<VariableScope> {
  return scoped(() => {
    const state = scopesOf(get_default_graph());
    const old = state.current;
    const jumps = scope instanceof VariableScope;
    const entered = derive(jumps ? scope : old, {
      ...INHERIT,
      ...settings,
      name: jumps ? scope.name : old.name ? `${old.name}/${scope}` : scope,
      name_scope: jumps ? scope.original_name_scope : (nameScope ?? scope),
    });
    state.open(entered.name);
    const counts = new Map(state.counts);
    state.current = entered;
    return [
      entered,
      () => {
        if (jumps) state.counts = counts;
        else state.closeInside(entered.name);
        state.current = old;
      },
    ];
  });
}

/** A scope that inherits from `base` what `settings` leave open. */
function derive(
  base: VariableScope,
  settings: ScopeSettings & { readonly name: string; readonly name_scope: string },
): VariableScope {
  const { custom_getter: given } = settings;
  const inherited = base.custom_getter;
  return new VariableScope({
    reuse: settings.reuse || base.reuse,
    name: settings.name,
    name_scope: settings.name_scope,
    initializer: settings.initializer ?? base.initializer,
    regularizer: settings.regularizer ?? base.regularizer,
    caching_device: settings.caching_device ?? base.caching_device,
    partitioner: settings.partitioner ?? base.partitioner,
    custom_getter: given && inherited ? nested(given, inherited) : (given ?? inherited),
    dtype: settings.dtype ?? base.dtype,
    use_resource: settings.use_resource ?? base.use_resource,
    constraint: settings.constraint,
  });
}

/** The getter of an inner scope, whose own getter is that of the outer one. */
function nested(inner: CustomGetter, outer: CustomGetter): CustomGetter {
  return (getter, name, keywords) =>
    inner(
      (innerName, innerKeywords) => outer(getter, innerName, { ...keywords, ...innerKeywords }),
      name,
      keywords,
    );
}

/** `prefix`, made unique among the scopes that were opened in the current one. */
export function uniqueScopeName(prefix: string): string {
  const { current, counts } = scopesOf(get_default_graph());
  const name = current.name ? `${current.name}/${prefix}` : prefix;
  if (!counts.get(name)) return prefix;
  let index = 1;
  while (counts.get(`${name}_${index}`)) index++;
  return `${prefix}_${index}`;
}

// ---- tf.variable_scope -------------------------------------------------------------------------

/**
 * A context manager that opens a variable scope and a name scope of that name, and gives the
 * VariableScope. A scope given as `name_or_scope` is entered again; without one, `default_name` is
 * made unique. `reuse` true or `tf.AUTO_REUSE` shares variables. TypeError without any name.
 */
export const variable_scope = fn(
  [
    'name_or_scope',
    'default_name',
    'values',
    'initializer',
    'regularizer',
    'caching_device',
    'partitioner',
    'custom_getter',
    'reuse',
    'dtype',
    'use_resource',
    'constraint',
    'auxiliary_name_scope',
  ],
  (
    name_or_scope: string | VariableScope | null,
    default_name: string | null = null,
    values: readonly unknown[] | null = null,
    initializer: InitializerLike | null = null,
    regularizer: Regularizer | null = null,
    caching_device: string | null = null,
    partitioner: Partitioner | null = null,
    custom_getter: CustomGetter | null = null,
    reuse: Reuse = null,
    dtype: DType | null = null,
    use_resource: boolean | null = null,
    constraint: Constraint | null = null,
    auxiliary_name_scope: boolean = true,
  ): ContextManager<VariableScope> => {
    checkScope(name_or_scope, default_name, reuse, auxiliary_name_scope);
    const settings: ScopeSettings = {
      initializer,
      regularizer,
      caching_device,
      partitioner,
      custom_getter,
      // A scope inherits unless it is told to share: false is no different from not saying.
      reuse: reuse === false ? null : reuse,
      dtype,
      use_resource,
      constraint,
    };
    const graph = graphOf(values);
    return scoped(() =>
      enterAll((enter) => {
        if (graph) enter(graph.as_default());
        return enterScope(name_or_scope, default_name, settings, auxiliary_name_scope, enter);
      }),
    );
  },
);

type Enter = <T>(manager: ContextManager<T>) => T;

/** Enters several managers; what it returns leaves them in reverse, as an error in between does. */
function enterAll<T>(body: (enter: Enter) => T): readonly [T, (error?: unknown) => void] {
  const entered: ContextManager<unknown>[] = [];
  const leave = (error?: unknown): void => {
    for (const manager of entered.splice(0).reverse()) manager.exit(error);
  };
  try {
    const value = body((manager) => {
      const result = manager.enter();
      entered.push(manager);
      return result;
    });
    return [value, leave];
  } catch (error) {
    leave(error);
    throw error;
  }
}

function enterScope(
  given: string | VariableScope | null,
  default_name: string | null,
  settings: ScopeSettings,
  auxiliary: boolean,
  enter: Enter,
): VariableScope {
  const again = auxiliary ? null : currentNameScope();
  if (given === null) {
    if (settings.reuse) {
      throw new ValueError('reuse=True cannot be used without a name_or_scope');
    }
    const nameScope = enter(again ?? name_scope(default_name));
    return enter(pureScope(uniqueScopeName(default_name!), settings, nameScope));
  }
  const own = typeof given === 'string' ? given : given.name.split('/').at(-1)!;
  if (!own && !again) return enter(pureScope(given, settings, null));
  const nameScope = enter(again ?? name_scope(own));
  return enter(pureScope(given, settings, nameScope));
}

/** A manager that enters the name scope that is in force once more. */
function currentNameScope(): ContextManager<string> {
  const current = executing_eagerly() ? '' : get_default_graph()._names.current;
  return name_scope(current === '' ? null : `${current}/`);
}

function checkScope(
  name_or_scope: unknown,
  default_name: string | null,
  reuse: Reuse,
  auxiliary: unknown,
): void {
  if (default_name === null && name_or_scope === null) {
    throw new TypeError('If default_name is None then name_or_scope is required');
  }
  if (
    name_or_scope !== null &&
    typeof name_or_scope !== 'string' &&
    !(name_or_scope instanceof VariableScope)
  ) {
    throw new TypeError('VariableScope: name_or_scope must be a string or VariableScope.');
  }
  if (reuse !== null && typeof reuse !== 'boolean' && reuse !== AUTO_REUSE) {
    throw new ValueError('The reuse parameter must be True or False or None.');
  }
  if (typeof auxiliary !== 'boolean') {
    throw new TypeError(
      `The auxiliary_name_scope must be \`True\` or \`False\`, while get ${auxiliary}`,
    );
  }
}

/** The graph of the first tensor among `values`. */
function graphOf(values: readonly unknown[] | null): Graph | null {
  if (executing_eagerly()) return null;
  for (const value of values ?? []) {
    if (value instanceof SymbolicTensor || value instanceof Variable) return value.graph;
  }
  return null;
}

/** The older form of `variable_scope`, with `values` first. */
export const variable_op_scope = fn(
  [
    'values',
    'name_or_scope',
    'default_name',
    'initializer',
    'regularizer',
    'caching_device',
    'partitioner',
    'custom_getter',
    'reuse',
    'dtype',
    'use_resource',
    'constraint',
  ],
  (
    values: readonly unknown[],
    name_or_scope: string | VariableScope | null,
    default_name: string | null = null,
    initializer: InitializerLike | null = null,
    regularizer: Regularizer | null = null,
    caching_device: string | null = null,
    partitioner: Partitioner | null = null,
    custom_getter: CustomGetter | null = null,
    reuse: Reuse = null,
    dtype: DType | null = null,
    use_resource: boolean | null = null,
    constraint: Constraint | null = null,
  ): ContextManager<VariableScope> => {
    console.warn(
      'tf.variable_op_scope(values, name, default_name) is deprecated, use tf.variable_scope(name, default_name, values)',
    );
    return variable_scope(
      name_or_scope,
      default_name,
      values,
      initializer,
      regularizer,
      caching_device,
      partitioner,
      custom_getter,
      reuse,
      dtype,
      use_resource,
      constraint,
    );
  },
);
