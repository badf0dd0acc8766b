/** Names of nodes in a meta graph: below a scope where they are imported, without it where they are exported. */

/** `name` below `scope`; a control input or a group of places keeps its mark. */
export function prependNameScope(name: string, scope: string | null): string {
  if (!scope) return name;
  const [, mark = '', rest = name] = /^(\^|loc:@)?(.*)$/s.exec(name) ?? [];
  return `${mark}${scope}/${rest}`;
}

/** `name` without `scope` in front of it, and as it is if it stands elsewhere. */
export function stripNameScope(name: string, scope: string | null): string {
  if (!scope) return name;
  const outer = scope.endsWith('/') ? scope.slice(0, -1) : scope;
  const [, mark = '', rest = name] = /^(\^|loc:@)?(.*)$/s.exec(name) ?? [];
  if (!rest.startsWith(`${outer}/`)) return name;
  return mark + rest.slice(outer.length).replace(/^\/+/, '');
}
