/** `tf.make_template`: a function that makes its variables when first called, and shares them after. */

import { with_ } from '../core/context.ts';
import { ValueError } from '../core/errors.ts';
import { executing_eagerly } from '../core/mode.ts';
import { isPlainObject } from '../core/signature.ts';
import { GraphKeys } from '../graph/collections.ts';
import { get_collection } from '../graph/scopes.ts';
import { EagerVariableStore } from './eager_variable_store.ts';
import { AUTO_REUSE, type CustomGetter } from './requests.ts';
import { pureScope, uniqueScopeName, variable_scope } from './scope_stack.ts';
import type { Variable } from './variable.ts';
import type { VariableScope } from './variable_scope.ts';

/** A function whose variables are made at its first call, in a scope of their own. */
export interface Template<A extends readonly unknown[], R> {
  (...args: A): R;
  /** The name of the scope, without a closing `/`. */
  readonly name: string;
  readonly variable_scope: VariableScope;
  /** The variables made in the template, by collection. */
  readonly variables: Variable[];
  readonly global_variables: Variable[];
  readonly local_variables: Variable[];
  readonly trainable_variables: Variable[];
  readonly weights: Variable[];
}

interface Options {
  readonly name: string;
  readonly unique_name: string | null;
  readonly custom_getter: CustomGetter | null;
}

/** The scope of a template and whether its variables were made. */
class TemplateState {
  scope: VariableScope | null = null;
  /** Where eager mode keeps its variables. */
  readonly store: EagerVariableStore | null = executing_eagerly() ? new EagerVariableStore() : null;
  private created = false;
  private readonly options: Options;

  constructor(options: Options, now: boolean) {
    this.options = options;
    if (!now) return;
    const name = options.unique_name ?? uniqueScopeName(options.name);
    const { custom_getter } = options;
    with_(pureScope(name, { custom_getter }, null), (scope) => {
      this.scope = scope;
    });
  }

  run<R>(body: () => R): R {
    return this.store
      ? with_(this.store.as_default(), () => this.inScope(body))
      : this.inScope(body);
  }

  private inScope<R>(body: () => R): R {
    if (this.scope) {
      const reuse = this.created ? true : AUTO_REUSE;
      return with_(variable_scope(this.scope, { reuse }), () => this.checked(body));
    }
    const { unique_name, name, custom_getter } = this.options;
    return with_(variable_scope(unique_name, name, { custom_getter }), (scope) => {
      this.scope = scope;
      return this.checked(body);
    });
  }

  /** Runs `body`; after the first time it may make no trainable variables. */
  private checked<R>(body: () => R): R {
    const before = trainables().length;
    const result = body();
    const added = trainables().slice(before);
    if (this.created && added.length > 0) {
      throw new ValueError(
        `Trainable variable created when calling a template after the first time, perhaps you used tf.Variable when you meant tf.get_variable: [${added.map(String).join(', ')}]`,
      );
    }
    this.created = true;
    return result;
  }

  collection(key: string): Variable[] {
    if (this.store) {
      return key === GraphKeys.TRAINABLE_VARIABLES
        ? this.store.trainable_variables()
        : this.store.variables();
    }
    return (this.scope?.get_collection(key) ?? []) as Variable[];
  }
}

function trainables(): unknown[] {
  return get_collection(GraphKeys.TRAINABLE_VARIABLES);
}

/**
 * A function that calls `func_` in a variable scope of its own, made at the first call (or at once,
 * with `create_scope_now_`), and shares its variables in later calls. ValueError where a later call
 * makes trainable variables. `kwargs` are given to `func_` as the last argument of each call.
 */
export function make_template<A extends readonly unknown[], R>(
  name_: string,
  func_: (...args: A) => R,
  options: {
    readonly create_scope_now_?: boolean;
    readonly unique_name_?: string | null;
    readonly custom_getter_?: CustomGetter | null;
    readonly [argument: string]: unknown;
  } = {},
): Template<A, R> {
  const { create_scope_now_, unique_name_ = null, custom_getter_ = null, ...kwargs } = options;
  if (name_ === null) throw new ValueError('name cannot be None.');
  if (executing_eagerly() && unique_name_ !== null) {
    throw new ValueError('unique_name_ cannot be used when eager exeuction is enabled.');
  }
  const state = new TemplateState(
    { name: name_, unique_name: unique_name_, custom_getter: custom_getter_ },
    create_scope_now_ ?? false,
  );
  const bound = Object.keys(kwargs).length > 0;
  const call = (...args: A): R =>
    state.run(() => func_(...((bound ? withKeywords(args, kwargs) : args) as A)));
  return describe(call, state) as Template<A, R>;
}

/** Appends `kwargs`, or merges them under the keywords that are there. */
function withKeywords(args: readonly unknown[], kwargs: object): unknown[] {
  const last = args.at(-1);
  const given = isPlainObject(last);
  return given ? [...args.slice(0, -1), { ...kwargs, ...last }] : [...args, kwargs];
}

function describe<F extends object>(call: F, state: TemplateState): F {
  const properties: Record<string, () => unknown> = {
    name: () => state.scope?.name ?? null,
    variable_scope: () => state.scope,
    variables: () => state.collection(GraphKeys.GLOBAL_VARIABLES).concat(locals(state)),
    global_variables: () => state.collection(GraphKeys.GLOBAL_VARIABLES),
    local_variables: () => locals(state),
    trainable_variables: () => state.collection(GraphKeys.TRAINABLE_VARIABLES),
    weights: () => state.collection(GraphKeys.GLOBAL_VARIABLES).concat(locals(state)),
  };
  for (const [name, get] of Object.entries(properties)) Object.defineProperty(call, name, { get });
  return call;
}

function locals(state: TemplateState): Variable[] {
  return state.store ? [] : state.collection(GraphKeys.LOCAL_VARIABLES);
}
