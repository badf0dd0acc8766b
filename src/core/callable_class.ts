/** Classes whose TF1 names are in lower case read as functions, so they may be called as functions, too. */

type Class = new (...args: never) => object;

/** A class that makes an instance with `new` and without. */
export type CallableClass<C extends Class> = C &
  (C extends new (...args: infer A) => infer I ? (...args: A) => I : never);

/** `type`, callable without `new`; `instanceof` and subclasses work as with `type`. */
export function callable<C extends Class>(type: C): CallableClass<C> {
  const make: unknown = new Proxy(type, {
    apply: (target, _self, args) => Reflect.construct(target, args),
  });
  return make as CallableClass<C>;
}
