/** Adds the nodes of a GraphDef to a graph, under a name scope, with some inputs replaced. */

import { DType } from '../core/dtype.ts';
import { NotFoundError, ValueError, withHint } from '../core/errors.ts';
import { type AnyOp, registry } from '../core/op.ts';
import type { AttrSpec } from '../core/op_language.ts';
import type { Graph } from './graph.ts';
import type { Operation } from './operation.ts';
import type { SymbolicTensor } from './symbolic_tensor.ts';

/** A node to be added; attribute values are those that declarations have. */
export interface ImportNode {
  readonly name: string;
  readonly op: string;
  /** `name`, `name:1`, `^name`. */
  readonly input: readonly string[];
  readonly device: string;
  readonly attr: Readonly<Record<string, unknown>>;
}

/** What may be said of an import. */
export interface ImportOptions {
  /** The name scope that the nodes go to; empty for none. */
  readonly name: string;
  /** Tensors that stand in for tensors of the file, by name. */
  readonly inputMap: ReadonlyMap<string, SymbolicTensor>;
}

/**
 * Adds `nodes` to `graph`; returns the operations by the names that the file has. NotFoundError names
 * every op that is not declared here; ValueError says what does not fit.
 */
export function importNodes(
  graph: Graph,
  nodes: readonly ImportNode[],
  options: ImportOptions,
): Map<string, Operation> {
  checkOps(nodes);
  return graph.nameScope(options.name === '' ? null : options.name, () =>
    new Importer(graph, nodes, options).run(),
  );
}

function checkOps(nodes: readonly ImportNode[]): void {
  const missing = [...new Set(nodes.map((node) => node.op).filter((op) => !registry.has(op)))];
  if (missing.length === 0) return;
  throw new NotFoundError(
    null,
    null,
    withHint(
      `Op type not registered '${missing[0]}' in binary running on ${globalThis.process?.platform ?? 'browser'}. Make sure the Op and Kernel are registered in the binary running in this process.`,
      `The file needs ${missing.length === 1 ? 'an op that is' : 'ops that are'} not here: ${missing.join(', ')}.`,
    ),
  );
}

/** One import. */
class Importer {
  private readonly graph: Graph;
  private readonly options: ImportOptions;
  private readonly nodes: ReadonlyMap<string, ImportNode>;
  private readonly added = new Map<string, Operation>();
  /** Inputs of Merges that come from later in a loop. */
  private readonly late: { operation: Operation; index: number; input: string }[] = [];

  constructor(graph: Graph, nodes: readonly ImportNode[], options: ImportOptions) {
    this.graph = graph;
    this.options = options;
    this.nodes = new Map(nodes.map((node) => [node.name, node]));
  }

  run(): Map<string, Operation> {
    for (const node of this.inOrder()) this.add(node);
    for (const { operation, index, input } of this.late)
      operation._updateInput(index, this.tensor(input));
    return this.added;
  }

  /** The nodes, each after its inputs but for the edges that close loops. */
  private inOrder(): ImportNode[] {
    const order: ImportNode[] = [];
    const state = new Map<string, 'open' | 'done'>();
    for (const root of this.nodes.values()) {
      const pending = [root];
      while (pending.length > 0) {
        const node = pending.at(-1)!;
        const seen = state.get(node.name);
        state.set(node.name, seen ? 'done' : 'open');
        const waiting = seen ? [] : this.needed(node).filter((input) => !state.has(input.name));
        if (waiting.length > 0) {
          pending.push(...waiting);
          continue;
        }
        pending.pop();
        if (seen !== 'done') order.push(node);
        state.set(node.name, 'done');
      }
    }
    return order;
  }

  private needed(node: ImportNode): ImportNode[] {
    return node.input.flatMap((input) => {
      if (this.options.inputMap.has(tensorName(input))) return [];
      const found = this.nodes.get(nodeName(input));
      if (!found) throw new ValueError(`Node '${node.name}': Unknown input node '${input}'`);
      return closesLoop(found, node) ? [] : [found];
    });
  }

  private add(node: ImportNode): void {
    const declaration = registry.get(node.op)!;
    const dataInputs = node.input.filter((input) => !input.startsWith('^'));
    const control = node.input.filter((input) => input.startsWith('^'));
    const isLate = (input: string) => {
      const source = this.nodes.get(nodeName(input));
      return source !== undefined && closesLoop(source, node);
    };
    const early = dataInputs.find((input) => !isLate(input));
    const inputs = dataInputs.map((input) => this.tensor(isLate(input) ? early! : input));
    const operation = this.graph._addImported({
      name: node.name,
      declaration,
      inputs,
      attrs: attrsOf(declaration, node),
      controlInputs: control.map((input) => this.operation(nodeName(input))),
      device: node.device,
      colocation: this.colocation(node),
    });
    this.added.set(node.name, operation);
    dataInputs.forEach((input, index) => {
      if (isLate(input)) this.late.push({ operation, index, input });
    });
  }

  private colocation({ attr }: ImportNode): string[] {
    const groups = (attr._class ?? []) as readonly string[];
    const prefix = this.options.name === '' ? '' : `${this.options.name.replace(/\/$/, '')}/`;
    return groups.map((group) => prefix + group.replace(/^loc:@/, ''));
  }

  private operation(name: string): Operation {
    const found = this.added.get(name);
    if (!found) throw new ValueError(`Operation '${name}' does not exist.`);
    return found;
  }

  private tensor(input: string): SymbolicTensor {
    const mapped = this.options.inputMap.get(tensorName(input));
    if (mapped) return mapped;
    const index = Number(/:(\d+)$/.exec(input)?.[1] ?? 0);
    const tensor = this.operation(nodeName(input)).outputs[index];
    if (!tensor) throw new ValueError(`Input tensor '${input}' does not exist.`);
    return tensor;
  }
}

const nodeName = (input: string) => input.replace(/^\^/, '').replace(/:\d+$/, '');
const tensorName = (input: string) =>
  input.startsWith('^') || /:\d+$/.test(input) ? input : `${input}:0`;

function closesLoop(from: ImportNode, to: ImportNode): boolean {
  return registry.get(from.op)?.control === 'next' && registry.get(to.op)?.control === 'merge';
}

/** The node's attributes: declared ones checked and completed, notes that start with `_` kept as they are. */
function attrsOf(declaration: AnyOp, node: ImportNode): Record<string, unknown> {
  const attrs: Record<string, unknown> = {};
  for (const spec of declaration.attrs) attrs[spec.name] = attrOf(spec, node);
  for (const [name, value] of Object.entries(node.attr)) {
    if (name.startsWith('_') && name !== '_class') attrs[name] = value;
  }
  return attrs;
}

function attrOf(spec: AttrSpec, node: ImportNode): unknown {
  const value = Object.hasOwn(node.attr, spec.name) ? node.attr[spec.name] : undefined;
  if (value === undefined) {
    if (spec.hasDefault || spec.type === 'func') return spec.default;
    throw new ValueError(
      `NodeDef missing attr '${spec.name}' from Op<name=${node.op}>; NodeDef: ${node.name}`,
    );
  }
  if (spec.type === 'type' && !(value instanceof DType)) {
    throw new ValueError(`AttrValue of '${spec.name}' in node '${node.name}' must be a type.`);
  }
  return value;
}
