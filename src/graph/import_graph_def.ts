/** Adds the nodes of a GraphDef to a graph, under a name scope, with some inputs replaced. */

import { mergeDims } from '../core/dims.ts';
import { ValueError } from '../core/errors.ts';
import { type AnyOp, registry } from '../core/op.ts';
import type { AttrSpec } from '../core/op_language.ts';
import { TensorShape } from '../core/shape.ts';
import type { Dims } from '../core/tensor.ts';
import type { AttrValue } from '../formats/graph_messages.ts';
import type { Graph } from './graph.ts';
import {
  checkInputs,
  checkMember,
  checkMissing,
  checkNodes,
  checkType,
  missingAttr,
} from './import_checks.ts';
import type { Operation } from './operation.ts';
import type { SymbolicTensor } from './symbolic_tensor.ts';
import { type CreationTrace, captureStack } from './traceback.ts';

/** A node to be added; attribute values are those that declarations have. */
export interface ImportNode {
  readonly name: string;
  readonly op: string;
  /** `name`, `name:1`, `^name`. */
  readonly input: readonly string[];
  readonly device: string;
  readonly attr: Readonly<Record<string, unknown>>;
  /** The attributes as the file has them, where it is a GraphDef. */
  readonly source?: Readonly<Record<string, AttrValue>>;
}

/** What may be said of an import. */
export interface ImportOptions {
  /** The name scope that the nodes go to; empty for none. */
  readonly name: string;
  /** Tensors that stand in for tensors of the file, by name; for control inputs, by `^name`. */
  readonly inputMap: ReadonlyMap<string, SymbolicTensor>;
  /** Declarations of ops that only the file has: its functions. */
  readonly ops?: ReadonlyMap<string, AnyOp>;
  /** Is told the names of the map that nodes read. */
  readonly used?: Set<string>;
  /** The version of the program that wrote the file. */
  readonly producer?: number;
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
  const known = (op: string) => registry.has(op) || options.ops?.has(op);
  checkMissing([...new Set(nodes.map((node) => node.op).filter((op) => !known(op)))]);
  checkNodes(nodes);
  return graph.nameScope(options.name === '' ? null : options.name, () =>
    new Importer(graph, nodes, options).run(),
  );
}

/** One import. */
class Importer {
  private readonly graph: Graph;
  private readonly options: ImportOptions;
  private readonly nodes: ReadonlyMap<string, ImportNode>;
  private readonly added = new Map<string, Operation>();
  /** The frames of the file's loops, by their names in the file, and those that the graph has already. */
  private readonly frames = new Map<unknown, string>();
  private taken: Set<unknown> | null = null;
  /** The call that imports, for all nodes. */
  private readonly created: CreationTrace;
  /** The scope that the nodes stand in, with its `/`. */
  private readonly prefix: string;
  /** Inputs of Merges that come from later in a loop. */
  private readonly late: {
    operation: Operation;
    index: number;
    input: string;
    node: ImportNode;
  }[] = [];

  constructor(graph: Graph, nodes: readonly ImportNode[], options: ImportOptions) {
    this.graph = graph;
    this.options = options;
    this.nodes = new Map(nodes.map((node) => [node.name, node]));
    this.created = captureStack(importNodes, true);
    this.prefix = graph._names.current === '' ? '' : `${graph._names.current}/`;
  }

  run(): Map<string, Operation> {
    for (const node of this.inOrder()) this.add(node);
    for (const { operation, index, input, node } of this.late)
      operation._updateInput(index, this.tensor(input, node));
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
        if (!seen) {
          state.set(node.name, 'open');
          const needed = this.needed(node);
          if (needed.some((input) => state.get(input.name) === 'open')) this.failOnCycle();
          const waiting = needed.filter((input) => !state.has(input.name));
          pending.push(...waiting);
          if (waiting.length > 0) continue;
        }
        pending.pop();
        if (seen !== 'done') order.push(node);
        state.set(node.name, 'done');
      }
    }
    return order;
  }

  /** Says how many nodes wait for each other, or for such nodes. */
  private failOnCycle(): never {
    const left = new Map([...this.nodes.values()].map((node) => [node, this.needed(node)]));
    for (let size = -1; size !== left.size; ) {
      size = left.size;
      for (const [node, needed] of left) if (!needed.some((n) => left.has(n))) left.delete(node);
    }
    throw new ValueError(`${left.size} nodes in a cycle`);
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
    const declaration = registry.get(node.op) ?? this.options.ops!.get(node.op)!;
    const dataInputs = node.input.filter((input) => !input.startsWith('^'));
    const control = node.input.filter((input) => input.startsWith('^'));
    const isLate = (input: string) => {
      const source = this.nodes.get(nodeName(input));
      return source !== undefined && closesLoop(source, node);
    };
    const early = dataInputs.find((input) => !isLate(input));
    if (early === undefined && dataInputs.length > 0) {
      throw new ValueError(
        `Node '${node.name}': All inputs come from NextIteration nodes, so the loop has no beginning.`,
      );
    }
    const inputs = dataInputs.map((input) => this.tensor(isLate(input) ? early! : input, node));
    const name = this.prefix + node.name;
    const attrs = attrsOf(declaration, node, name);
    if (declaration.control === 'enter') attrs.frame_name = this.frameName(attrs.frame_name);
    checkInputs(declaration, attrs, inputs, name);
    const operation = this.graph._addImported({
      name: node.name,
      declaration,
      inputs,
      attrs,
      controlInputs: control.map((input) => this.controlInput(input)),
      device: node.device,
      colocation: this.colocation(node),
      foreign: foreignOf(declaration, node),
      created: this.created,
    });
    if (this.meansAnyShape(operation)) operation.outputs[0]!.dims = null;
    noteShapes(operation, node);
    this.added.set(node.name, operation);
    dataInputs.forEach((input, index) => {
      if (isLate(input)) this.late.push({ operation, index, input, node });
    });
  }

  /** Loops of an earlier import have frames of their own, also where the file is the same. */
  private frameName(given: unknown): string {
    const known = this.frames.get(given);
    if (known !== undefined) return known;
    this.taken ??= new Set(
      this.graph._operations
        .filter(({ declaration }) => declaration.control === 'enter')
        .map(({ attrs }) => attrs.frame_name),
    );
    let name = String(given);
    if (this.taken.has(name)) name = this.prefix + name;
    for (let i = 1; this.taken.has(name); i++) name = `${this.prefix}${String(given)}_${i}`;
    this.frames.set(given, name);
    return name;
  }

  /** A scalar's shape stood for an unknown one in placeholders, up to version 21. */
  private meansAnyShape({ type, attrs }: Operation): boolean {
    const { producer = Number.POSITIVE_INFINITY } = this.options;
    return type === 'Placeholder' && producer <= 21 && (attrs.shape as Dims)?.length === 0;
  }

  private colocation(node: ImportNode): string[] {
    const { _class } = node.attr;
    const groups = ((Array.isArray(_class) ? _class : []) as readonly string[])
      .filter((group) => String(group).startsWith('loc:@'))
      .map((group) => group.slice('loc:@'.length));
    const unknown = groups.find((group) => !this.nodes.has(group));
    if (unknown !== undefined && !this.graph.building_function) {
      throw new ValueError(
        `Node '${node.name}' expects to be colocated with unknown node '${unknown}'`,
      );
    }
    return groups.map((group) => this.added.get(group)?.name ?? this.prefix + group);
  }

  private controlInput(input: string): Operation {
    const mapped = this.options.inputMap.get(input);
    if (!mapped) return this.added.get(nodeName(input))!;
    this.options.used?.add(input);
    return mapped.op;
  }

  private tensor(input: string, node: ImportNode): SymbolicTensor {
    const mapped = this.options.inputMap.get(tensorName(input));
    if (mapped) {
      this.options.used?.add(tensorName(input));
      return mapped;
    }
    const index = Number(/:(\d+)$/.exec(input)?.[1] ?? 0);
    const source = this.added.get(nodeName(input))!;
    const tensor = source.outputs[index];
    if (tensor) return tensor;
    throw new ValueError(
      `Node '${node.name}': Connecting to invalid output ${index} of source node ${nodeName(input)} which has ${source.outputs.length} outputs.`,
    );
  }
}

const nodeName = (input: string) => input.replace(/^\^/, '').replace(/:\d+$/, '');
const tensorName = (input: string) =>
  input.startsWith('^') || /:\d+$/.test(input) ? input : `${input}:0`;

function closesLoop(from: ImportNode, to: ImportNode): boolean {
  return registry.get(from.op)?.control === 'next' && registry.get(to.op)?.control === 'merge';
}

/** Attributes that say where a node stands or what is known of it, which operations keep otherwise. */
const KEPT_ELSEWHERE: ReadonlySet<string> = new Set(['_class', '_output_shapes']);

/** The node's attributes: declared ones checked and completed, others as they are. */
function attrsOf(declaration: AnyOp, node: ImportNode, name: string): Record<string, unknown> {
  const attrs: Record<string, unknown> = {};
  for (const spec of declaration.attrs) attrs[spec.name] = attrOf(declaration, spec, node, name);
  for (const [key, value] of Object.entries(node.attr)) {
    if (!Object.hasOwn(attrs, key) && !KEPT_ELSEWHERE.has(key)) attrs[key] = value;
  }
  return attrs;
}

function attrOf(op: AnyOp, spec: AttrSpec, node: ImportNode, name: string): unknown {
  const source = node.source?.[spec.name];
  if (source) checkMember(op, spec, source, name);
  const value = Object.hasOwn(node.attr, spec.name) ? node.attr[spec.name] : undefined;
  if (value === undefined) {
    if (spec.hasDefault || spec.type === 'func') return spec.default;
    throw missingAttr(op, spec, name);
  }
  checkType(op, spec, value, name);
  return value;
}

/** Those that the declaration does not have, to be written back as they are. */
function foreignOf(declaration: AnyOp, { source = {} }: ImportNode): Record<string, AttrValue> {
  const declared = new Set(declaration.attrs.map((spec) => spec.name));
  const foreign = Object.entries(source).filter(
    ([name]) => !declared.has(name) && !KEPT_ELSEWHERE.has(name),
  );
  return Object.fromEntries(foreign);
}

/** Takes what the file knows of the shapes of the outputs. ValueError where that cannot be. */
function noteShapes(operation: Operation, { attr }: ImportNode): void {
  const shapes = attr._output_shapes as readonly Dims[] | undefined;
  if (shapes === undefined) return;
  const { name, outputs } = operation;
  if (shapes.length !== outputs.length) {
    throw new ValueError(
      `Node '${name}' has ${outputs.length} outputs but the _output_shapes attribute specifies shapes for ${shapes.length} outputs`,
    );
  }
  outputs.forEach((output, i) => {
    try {
      output.set_shape(TensorShape.of(mergeDims(output.dims, shapes[i]!)));
    } catch (error) {
      throw new ValueError(
        `Node '${name}' has an _output_shapes attribute inconsistent with the GraphDef for output #${i}: ${(error as Error).message}`,
      );
    }
  });
}
