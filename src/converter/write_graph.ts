/**
 * A session's graph as the nodes of a tfjs model. Variables become constants, calls of functions their
 * bodies, and what tfjs lacks is said by what it has. What is left over is one error that names it all.
 */

import type { DType } from '../core/dtype.ts';
import { UnimplementedError, withHint } from '../core/errors.ts';
import { withMode } from '../core/mode.ts';
import type { Literal } from '../core/tensor.ts';
import type { GraphFunction } from '../graph/function_graph.ts';
import type { Operation } from '../graph/operation.ts';
import type { SymbolicTensor } from '../graph/symbolic_tensor.ts';
import { LookupTableExport, LookupTableExportV2 } from '../ops/lookup.ts';
import { ReadVariableOp } from '../ops/resource_variables.ts';
import { KNOWN_OPS, outputsInTfjs, refusal } from './known_ops.ts';
import {
  attrsJson,
  constantNode,
  type JsonAttr,
  type JsonNode,
  placeholderNode,
  typeJson,
} from './outgoing.ts';
import { isBranch, Places, pivotsOf } from './places.ts';
import { type NodeMaker, REWRITES } from './rewrites.ts';
import { isRead, subgraphOf } from './subgraph.ts';

const CALLS = ['PartitionedCall', 'StatefulPartitionedCall'];
/** Ops that change variables, which a model without variables cannot. */
const EFFECTS = /^(Assign|Resource(Sparse)?Apply|ResourceScatter|ResourceStridedSliceAssign)/;
const FUNCTION_ATTRS = ['then_branch', 'else_branch', 'cond', 'body'];

/** A body that is being written: the graph itself, or a function. */
interface Body {
  /** What the names of its nodes start with. */
  readonly prefix: string;
  /** Tensors that are not called as their operations say. */
  readonly names: Map<SymbolicTensor, string>;
  /** What the arguments of a function stand for, where that is a handle. */
  readonly handles: ReadonlyMap<SymbolicTensor, SymbolicTensor>;
  /** Where its operations are in control flow. */
  readonly places: Places;
}

/** A function of a model's library, in protobuf's JSON. */
interface JsonFunction {
  readonly signature: JsonAttr;
  readonly nodeDef: readonly JsonNode[];
  readonly ret: Readonly<Record<string, string>>;
}

/** Tables, which tfjs knows filled once. */
const TABLES = ['HashTable', 'HashTableV2', 'MutableHashTable', 'MutableHashTableV2'];

/** Whom nodes are written for: tfjs-converter, or anybody who has all ops. */
export type Target = 'tfjs' | 'any';

/** Writes the nodes of one model. */
export class GraphWriter {
  private readonly target: Target;
  readonly nodes: JsonNode[] = [];
  readonly functions = new Map<string, JsonFunction>();
  /** What fills the model's tables: nodes of a graph of its own. */
  readonly initializer: JsonNode[] = [];
  /** Constants by the names of their nodes. */
  readonly literals = new Map<string, Literal>();
  /** The constants that only the initializer reads. */
  readonly ofInitializer = new Set<string>();
  /** The control inputs of constants that have one. */
  readonly waiting = new Map<string, readonly string[]>();
  /** Constants that a session has yet to compute. */
  readonly pending = new Map<string, SymbolicTensor>();
  /** What the model reads of the graph itself. */
  private read: ReadonlySet<SymbolicTensor> = new Set();
  private readonly taken = new Set<string>();
  private readonly faults = new Map<string, string[]>();
  private readonly refusals: string[] = [];

  constructor(target: Target = 'tfjs') {
    this.target = target;
  }

  /** Writes what `outputs` need of their graph if `inputs` are fed; returns how nodes name each. */
  write(inputs: readonly SymbolicTensor[], outputs: readonly SymbolicTensor[]): Named {
    const fed = new Set(inputs);
    const { operations, read } = subgraphOf(outputs, fed);
    this.read = read;
    for (const { op } of inputs) this.taken.add(op.name);
    for (const { name } of operations) this.taken.add(name);
    const body: Body = bodyOf(operations, '', new Map());
    for (const input of fed) body.names.set(input, this.placeholder(input, operations));
    this.writeBody(operations, body);
    const named = outputs.map((output) => this.output(output, body));
    this.checkFaults();
    return { inputs: inputs.map((input) => body.names.get(input)!), outputs: named };
  }

  /** The node of a constant, whose array is among the weights. */
  constantNode(name: string, { dtype, shape }: Literal): JsonNode {
    return constantNode(name, dtype, shape, this.waiting.get(name) ?? []);
  }

  /** A place to feed. Where the operation itself is needed too, it has a name of its own. */
  private placeholder(input: SymbolicTensor, needed: readonly Operation[]): string {
    if (input.op.type === 'PlaceholderWithDefault') {
      const constant = this.unique(`${input.op.name}/default`);
      this.pending.set(constant, input.op.inputs[0]!);
      const node = placeholderNode(input.op.name, input);
      this.nodes.push({ ...node, op: 'PlaceholderWithDefault', input: [constant] });
      return input.op.name;
    }
    const own = input.value_index === 0 && !needed.includes(input.op);
    const name = own ? input.op.name : this.unique(`${input.op.name}_input`);
    this.nodes.push(placeholderNode(name, input));
    return name;
  }

  /** The name of a node that gives `output` as its only one, and gives no other output of the model. */
  private output(output: SymbolicTensor, body: Body): string {
    const name = this.unique(`${output.op.name}/output`);
    const attr = { T: typeJson(output.dtype) };
    this.nodes.push({ name, op: 'Identity', input: [nameIn(body, output)], attr });
    return name;
  }

  private writeBody(operations: readonly Operation[], body: Body): void {
    for (const { name } of operations) this.taken.add(body.prefix + name);
    const independent = this.independent(operations, body);
    for (const operation of operations) this.operation(operation, body, independent);
  }

  /** Those operations of which each run gives the same, whatever is fed. */
  private independent(operations: readonly Operation[], body: Body): Set<Operation> {
    const found = new Set<Operation>();
    if (body.prefix !== '') return found;
    for (const operation of operations) {
      const { declaration, inputs } = operation;
      const varies = declaration.stateful || declaration.control || pivotsOf(operation).length > 0;
      const fixed = inputs.every((input) => found.has(input.op) && !body.names.has(input));
      if (isRead(operation) || (fixed && !varies && !operation.type.startsWith('Placeholder')))
        found.add(operation);
    }
    return found;
  }

  private operation(operation: Operation, body: Body, independent: Set<Operation>): void {
    const { type, outputs } = operation;
    const name = body.prefix + operation.name;
    if (type === 'VarHandleOp') return;
    if (isRead(operation)) this.pending.set(name, this.reading(operation, body));
    else if (type === 'Const') this.constant(name, operation, body);
    else if (CALLS.includes(type)) this.call(operation, body);
    else if (TABLES.includes(type) && this.target === 'tfjs') this.table(name, operation);
    else if (this.rewrites(type)) this.rewrite(name, operation, body);
    else if (this.knows(type)) this.known(name, operation, body);
    else if (independent.has(operation)) {
      for (const output of outputs) {
        const constant = output.value_index === 0 ? name : this.unique(name);
        this.pending.set(constant, output);
        body.names.set(output, constant);
      }
    } else this.faults.set(type, [...(this.faults.get(type) ?? []), operation.name]);
  }

  /** A table, and the entries that the session has in it. */
  private table(name: string, operation: Operation): void {
    const { type, attrs, outputs, graph } = operation;
    const op = type.replace('Mutable', '');
    const version = op.endsWith('V2') ? 'V2' : '';
    const [Tkeys, Tvalues] = [attrs.key_dtype, attrs.value_dtype] as [DType, DType];
    const types = { Tkeys, Tvalues };
    const [keys, values] = withMode(graph, () => {
      const input = { table_handle: outputs[0]! };
      return version ? LookupTableExportV2(input, types) : LookupTableExport(input, types);
    }) as [SymbolicTensor, SymbolicTensor];
    const entries = [keys, values].map((tensor, i) => {
      const own = this.unique(`${name}/${i === 0 ? 'keys' : 'values'}`);
      this.pending.set(own, tensor);
      this.ofInitializer.add(own);
      return own;
    });
    const node = { name, op, input: [], attr: attrsJson(operation) };
    this.nodes.push(node);
    this.initializer.push(node, {
      name: this.unique(`${name}/initialize`),
      op: `InitializeTable${version}`,
      input: [name, ...entries],
      attr: { Tkey: typeJson(Tkeys), Tval: typeJson(Tvalues) },
    });
  }

  private rewrites(type: string): boolean {
    return this.target === 'tfjs' ? REWRITES.has(type) : type === 'ResourceGather';
  }

  private knows(type: string): boolean {
    return this.target === 'any' || KNOWN_OPS.has(type) || KNOWN_OPS.has(plainType(type));
  }

  /** tfjs has a constant whether its branch is taken or not; so there it is read by a node that waits. */
  private constant(name: string, operation: Operation, body: Body): void {
    const value = operation.attrs.value as Literal;
    const waiting = this.waits(operation, body);
    const gated = pivotsOf(operation).some(isBranch);
    const own = gated ? this.unique(`${name}/value`) : name;
    this.literals.set(own, value);
    this.waiting.set(own, waiting);
    const attr = { T: typeJson(value.dtype) };
    if (gated) this.nodes.push({ name, op: 'Identity', input: [own, ...waiting], attr });
  }

  /** The control inputs that say where an operation is. */
  private waits(operation: Operation, { prefix }: Body): string[] {
    return pivotsOf(operation).map(({ name }) => `^${prefix}${name}`);
  }

  private known(name: string, operation: Operation, body: Body): void {
    const tfjs = this.target === 'tfjs';
    const reason = tfjs ? (refusal(operation) ?? this.unreadable(operation)) : null;
    if (reason) this.refusals.push(`'${operation.name}' (${operation.type}): ${reason}`);
    const attr = attrsJson(operation);
    for (const key of FUNCTION_ATTRS) {
      const called = operation.attrs[key] as { name?: string } | undefined;
      if (called?.name) this.library(operation, called.name);
    }
    const input = operation.inputs.map((tensor) => nameIn(body, tensor));
    this.nodes.push({
      name,
      op: plainType(operation.type),
      input: this.placed(name, operation, input, this.waits(operation, body)),
      attr,
    });
  }

  /** The inputs with those that it waits for. tfjs takes all inputs of an op with lists for tensors, so there one is read by a node that waits. */
  private placed(
    name: string,
    { declaration, inputs }: Operation,
    input: readonly string[],
    waiting: readonly string[],
  ): string[] {
    const lists = declaration.inputs.some((arg) => arg.numberAttr || arg.typeListAttr);
    if (waiting.length === 0 || !lists) return [...input, ...waiting];
    const own = this.unique(`${name}/first`);
    const attr = { T: typeJson(inputs[0]!.dtype) };
    this.nodes.push({ name: own, op: 'Identity', input: [input[0]!, ...waiting], attr });
    return [own, ...input.slice(1)];
  }

  /** Why what the model reads of `operation` is not there in tfjs. */
  private unreadable({ type, outputs, inputs }: Operation): string | null {
    const missing = outputs.slice(outputsInTfjs(type)).find((output) => this.read.has(output));
    if (missing) return `tfjs has no output ${missing.value_index} of it`;
    const handle =
      FUNCTIONAL.includes(type) && inputs.some(({ dtype }) => dtype.name === 'resource');
    return handle ? 'tfjs has no variables within conditionals and loops' : null;
  }

  private rewrite(name: string, operation: Operation, body: Body): void {
    const input = operation.inputs.map((tensor) => nameIn(body, tensor));
    if (operation.type === 'ResourceGather') {
      input[0] = this.unique(`${name}/table`);
      this.pending.set(input[0], this.reading(operation, body));
    }
    const T = typeJson(operation.outputs[0]!.dtype);
    const pivot = body.places.pivotBeside(operation);
    const waiting = pivot ? [`^${body.prefix}${pivot.name}`] : [];
    const push = (own: string, op: string, from: readonly string[], attr: JsonNode['attr'] = {}) =>
      this.nodes.push({
        name: own,
        op,
        input: op === 'AddN' ? from : [...from, ...waiting],
        attr: { T, ...attr },
      });
    const make: NodeMaker = {
      add: (op, from, attr) => {
        const own = this.unique(`${name}/${op}`);
        push(own, op, from, attr);
        return own;
      },
      end: (op, from, attr) => push(name, op, from, attr),
      constant: (value) => {
        const own = this.unique(`${name}/value`);
        this.literals.set(own, value);
        this.waiting.set(own, waiting);
        return own;
      },
    };
    REWRITES.get(operation.type)!(make, input, operation);
  }

  /** The body of a function in the place of its call. */
  private call(operation: Operation, body: Body): void {
    const f = functionOf(operation, (operation.attrs.f as { name: string }).name);
    const effect = f.graph._operations.find(({ type }) => EFFECTS.test(type));
    if (effect) this.refusals.push(`'${operation.name}' changes variables (${effect.type})`);
    const names = new Map(f.inputs.map((arg, i) => [arg, nameIn(body, operation.inputs[i]!)]));
    const handles = new Map(
      f.inputs.map((arg, i) => [arg, handleIn(body, operation.inputs[i]!)] as const),
    );
    const { operations } = subgraphOf(f.outputs, new Set(f.inputs));
    const inner = bodyOf(operations, `${body.prefix}${operation.name}/`, names, handles);
    this.writeBody(operations, inner);
    for (const [i, output] of operation.outputs.entries())
      body.names.set(output, nameIn(inner, f.outputs[i]!));
  }

  /** Writes a function that operations name, once. */
  private library(operation: Operation, called: string): void {
    if (this.functions.has(called)) return;
    const f = functionOf(operation, called);
    const prefix = `${called}/`;
    const names = new Map(f.inputs.map((arg, i) => [arg, f.inputNames[i]!]));
    const signature = {
      name: called,
      inputArg: f.inputs.map(({ dtype }, i) => argument(f.inputNames[i]!, dtype)),
      outputArg: f.outputs.map(({ dtype }, i) => argument(f.outputNames[i]!, dtype)),
    };
    this.functions.set(called, { signature, nodeDef: [], ret: {} });
    const outer = this.nodes.splice(0);
    const { operations } = subgraphOf(f.outputs, new Set(f.inputs));
    const body = bodyOf(operations, prefix, names);
    this.writeBody(operations, body);
    const ret = f.outputs.map((output, i) => [f.outputNames[i]!, this.output(output, body)]);
    const nodeDef = this.nodes.splice(0);
    this.nodes.push(...outer);
    const known = [...this.literals].filter(([name]) => name.startsWith(prefix));
    const constants = known.map(([name, value]) => this.constantNode(name, value));
    this.functions.set(called, {
      signature,
      nodeDef: [...constants, ...nodeDef],
      ret: Object.fromEntries(ret),
    });
  }

  /** The tensor of the variable that `operation` reads; a new read of it where a function does it. */
  private reading(operation: Operation, body: Body): SymbolicTensor {
    const [handle] = operation.inputs;
    if (!handle || operation.type === 'Variable') return operation.outputs[0]!;
    const source = handleIn(body, handle);
    if (source === handle && operation.type === 'ReadVariableOp') return operation.outputs[0]!;
    const dtype = operation.outputs[0]!.dtype;
    const read = source._consumers.find(({ type }) => type === 'ReadVariableOp');
    if (read) return read.outputs[0]!;
    return withMode(source.graph, () =>
      ReadVariableOp({ resource: source }, { dtype }),
    ) as SymbolicTensor;
  }

  private unique(base: string): string {
    let name = base;
    for (let i = 1; this.taken.has(name); i++) name = `${base}_${i}`;
    this.taken.add(name);
    return name;
  }

  private checkFaults(): void {
    if (this.faults.size === 0 && this.refusals.length === 0) return;
    const ops = [...this.faults].map(([type, [first, ...others]]) =>
      others.length > 0 ? `${type} ('${first}' and ${others.length} more)` : `${type} ('${first}')`,
    );
    const lines = [...(ops.length > 0 ? [`it has no ${ops.join(', ')}`] : []), ...this.refusals];
    throw new UnimplementedError(
      null,
      null,
      withHint(
        this.target === 'tfjs'
          ? `tfjs-converter cannot execute this graph: ${lines.join('; ')}.`
          : `A graph without variables cannot do what this one does: ${lines.join('; ')}.`,
        'Name inputs and outputs such that the part between them has none of these.',
      ),
    );
  }
}

/** How nodes name the inputs and the outputs of a model. */
export interface Named {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

function bodyOf(
  operations: readonly Operation[],
  prefix: string,
  names: Body['names'],
  handles: Body['handles'] = new Map(),
): Body {
  return { prefix, names, handles, places: new Places(operations) };
}

function nameIn({ names, prefix }: Body, tensor: SymbolicTensor): string {
  return names.get(tensor) ?? prefix + tensor._inputName;
}

function handleIn({ handles }: Body, tensor: SymbolicTensor): SymbolicTensor {
  return handles.get(tensor) ?? tensor;
}

function functionOf({ graph }: Operation, name: string): GraphFunction {
  return graph._functions.get(name)!;
}

function argument(name: string, dtype: SymbolicTensor['dtype']): JsonAttr {
  return { name, type: `DT_${dtype.base_dtype.row.text.toUpperCase()}` };
}

const FUNCTIONAL = ['If', 'StatelessIf', 'While', 'StatelessWhile'];

/** References to variables are values here. */
const plainType = (type: string) => type.replace(/^Ref/, '');
