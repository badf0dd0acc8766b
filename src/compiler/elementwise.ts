/**
 * Fused element-wise regions: a small graph of element-wise operations becomes one SIMD loop that
 * reads each input and writes each output once. Inputs may repeat along dimensions (broadcasting).
 * A module depends on the operations, types and patterns only: addresses and sizes are arguments.
 */

import { loadPart, loadWhole, splatLoad, storePart, storeWhole } from './access.ts';
import {
  type ElementType,
  emitNode,
  isCostly,
  needsLibrary,
  type RegionNode,
  resultType,
} from './elementwise_ops.ts';
import {
  advance,
  type Code,
  encodeModule,
  F32,
  get,
  I32,
  int,
  i32 as integer,
  Locals,
  set,
  unsigned,
  V128,
  type ValueType,
  type WasmFunction,
} from './encoder.ts';
import { Constants, Scope } from './simd.ts';

export type { ElementType, RegionNode } from './elementwise_ops.ts';

/** An input of a region: numbers in order; `walks` has a `1` or a `0` for each dimension of the region. */
export interface RegionInput {
  readonly type: ElementType;
  readonly walks: string;
}

/** What to compute. Values are numbered: first the inputs, then the nodes, each after its operands. */
export interface Region {
  /** How many dimensions the loop has, at least one. */
  readonly rank: number;
  readonly inputs: readonly RegionInput[];
  readonly nodes: readonly RegionNode[];
  /** The values to be written, each over all dimensions. */
  readonly outputs: readonly number[];
}

/** The type of each value; `null` if there is an operation that generated code cannot compute. */
export function regionTypes(region: Region): ElementType[] | null {
  const types = region.inputs.map(({ type }) => type);
  for (const node of region.nodes) {
    const type = resultType(
      node,
      node.inputs.map((i) => types[i]!),
    );
    if (type === undefined) return null;
    types.push(type);
  }
  return types;
}

/** A text that is the same for equal regions only. */
export function regionKey({ rank, inputs, nodes, outputs }: Region): string {
  const ins = inputs.map(({ type, walks }) => type[0] + walks);
  const ops = nodes.map(({ op, inputs: operands, value, type }) =>
    [
      op,
      ...operands,
      value === undefined ? '' : `=${Object.is(value, -0) ? '-0' : value}`,
      type ?? '',
    ].join(' '),
  );
  return `${rank}|${ins.join()}|${ops.join(';')}|${outputs.join()}`;
}

/**
 * The bytes of a module that imports `env.memory` (and `env.power`, if `Pow` is in the region) and
 * exports `run(input..., output..., size...)`: addresses in bytes, then the size of each dimension.
 * Outputs may lie exactly where inputs lie that walk along all dimensions. Error if `regionTypes` is `null`.
 */
export function elementwiseModule(region: Region): Uint8Array {
  const types = regionTypes(region);
  if (types === null) throw new Error('The region has an operation that is not element-wise.');
  const imports = region.nodes.some(({ op }) => needsLibrary(op)) ? [LIBRARY] : [];
  const constants = new Constants();
  const functions = sharedFunctions(region, constants);
  const calls = new Map(functions.map(({ name }, i) => [name, imports.length + i]));
  const run = new Generator(region, types, calls, constants).build();
  return encodeModule([...functions, run], imports, constants.vectors);
}

const LIBRARY = { name: 'power', params: [F32, F32], results: [F32] };

/** With more costly operations than this, their code is in functions, which makes modules small. */
const INLINED = 8;

/** Functions of one vector for the costly operations of a region, by the op's name. */
function sharedFunctions({ nodes }: Region, constants: Constants): WasmFunction[] {
  const costly = nodes.filter(({ op, inputs }) => isCostly(op) && inputs.length === 1);
  if (costly.length <= INLINED) return [];
  return [...new Set(costly.map(({ op }) => op))].map((op) => {
    const s = new Scope(new Locals(1), constants);
    s.push(emitNode(s, { op, inputs: [0] }, [get(0)], ['float32']));
    return {
      name: op,
      params: [V128],
      results: [V128],
      locals: s.locals.runs,
      body: [...s.prologue, ...s.body],
      isPrivate: true,
    };
  });
}

/** Elements of one vector. */
const LANES = 4;
const WIDTH: Readonly<Record<ElementType, number>> = { float32: 4, int32: 4, bool: 1 };
/** Regions of so few cheap operations are bound by the loop itself, which does four vectors at a time then. */
const UNROLLED_NODES = 6;
const UNROLLING = 4;

class Generator {
  private readonly region: Region;
  private readonly types: readonly ElementType[];
  private readonly calls: ReadonlyMap<string, number>;
  private readonly s: Scope;
  private readonly left: number;
  /** The local of each value that does not change in the innermost loop. */
  private readonly invariant = new Map<number, Code>();
  /** The values that nothing reads after a node. */
  private readonly last: readonly number[][];

  constructor(
    region: Region,
    types: readonly ElementType[],
    calls: ReadonlyMap<string, number>,
    constants: Constants,
  ) {
    this.region = region;
    this.types = types;
    this.calls = calls;
    const { inputs, outputs, rank } = region;
    this.s = new Scope(new Locals(inputs.length + outputs.length + rank), constants);
    this.left = this.s.locals.integers('left').left;
    this.last = lastUses(region, types.length);
  }

  build(): WasmFunction {
    const { inputs, outputs, rank } = this.region;
    this.dimension(0);
    return {
      name: 'run',
      params: new Array<ValueType>(inputs.length + outputs.length + rank).fill(I32),
      locals: this.s.locals.runs,
      body: [...this.s.prologue, ...this.s.body],
    };
  }

  private size(d: number): Code {
    return get(this.region.inputs.length + this.region.outputs.length + d);
  }

  /** The loop over dimension `d` and those inside it. */
  private dimension(d: number): void {
    const { s, region } = this;
    if (d === region.rank - 1) {
      this.innermost();
      return;
    }
    const { counter } = s.locals.integers('counter');
    const moves: number[][] = [];
    region.inputs.forEach(({ type, walks }, i) => {
      // The loops inside leave an address behind what they walked, or where it was.
      const isBehind = walks[d + 1] === '1';
      if ((walks[d] === '1') === isBehind) return;
      const { extent } = s.locals.integers('extent');
      const inner = [...walks].flatMap((w, e) => (e > d && w === '1' ? [e] : []));
      s.push(int(isBehind ? -WIDTH[type] : WIDTH[type]));
      for (const e of inner) s.push([...this.size(e), integer.multiply]);
      s.push(set(extent));
      moves.push(advance(i, get(extent)));
    });
    s.push([...this.size(d), ...set(counter)]);
    s.whileAtLeast(counter, 1, () => {
      this.dimension(d + 1);
      for (const move of moves) s.push(move);
      s.push(advance(counter, int(-1)));
    });
  }

  private innermost(): void {
    const { s, left, region } = this;
    this.hoist();
    s.push([...this.size(region.rank - 1), ...set(left)]);
    const whole = (vectors: number) =>
      s.whileAtLeast(left, vectors * LANES, () => {
        for (let v = 0; v < vectors; v++) this.vector(v, false);
        this.eachMoving((local, type) => advance(local, int(vectors * LANES * WIDTH[type])));
        s.push(advance(left, int(-vectors * LANES)));
      });
    if (region.nodes.length <= UNROLLED_NODES && !region.nodes.some(({ op }) => isCostly(op))) {
      whole(UNROLLING);
    }
    whole(1);
    s.when(get(left), () => {
      this.vector(0, true);
      this.eachMoving((local, type) =>
        advance(local, [...get(left), ...int(WIDTH[type]), integer.multiply]),
      );
    });
  }

  private walksInside(i: number): boolean {
    return this.region.inputs[i]!.walks.at(-1) === '1';
  }

  /** Loads what repeats along the innermost dimension, and computes what depends on nothing else. */
  private hoist(): void {
    const { s, region, invariant } = this;
    region.inputs.forEach(({ type }, i) => {
      if (!this.walksInside(i)) invariant.set(i, get(s.keep(splatLoad(get(i), type))));
    });
    region.nodes.forEach((node, n) => {
      if (!node.inputs.every((i) => invariant.has(i))) return;
      const code = this.compute(node, (i) => invariant.get(i)!);
      invariant.set(region.inputs.length + n, get(s.keep(code)));
    });
  }

  /** The code that pushes a node's result. */
  private compute(node: RegionNode, codeOf: (value: number) => Code): Code {
    const operands = node.inputs.map(codeOf);
    const call = this.calls.get(node.op);
    if (call !== undefined) return [...operands[0]!, 0x10, ...unsigned(call)];
    const types = node.inputs.map((i) => this.types[i]!);
    return emitNode(this.s, node, operands, types);
  }

  /** Vector number `index` of this turn; `partly` if fewer than four elements are left. */
  private vector(index: number, partly: boolean): void {
    const { s, region, types, left, invariant } = this;
    const kept = new Map<number, number>();
    const codeOf = (i: number): Code => invariant.get(i) ?? get(kept.get(i)!);
    const { length } = region.inputs;
    region.inputs.forEach(({ type }, i) => {
      if (!this.walksInside(i)) return;
      const code = partly ? loadPart(s, get(i), type, left) : loadWhole(get(i), type, index);
      kept.set(i, s.keep(code));
    });
    region.nodes.forEach((node, n) => {
      if (invariant.has(length + n)) return;
      kept.set(length + n, s.keep(this.compute(node, codeOf)));
      for (const i of this.last[n]!) this.forget(kept, i);
    });
    region.outputs.forEach((value, o) => {
      const [address, type] = [get(length + o), types[value]!];
      if (partly) storePart(s, address, codeOf(value), type, left);
      else s.push(storeWhole(address, codeOf(value), type, index));
    });
    for (const i of [...kept.keys()]) this.forget(kept, i);
  }

  private forget(kept: Map<number, number>, value: number): void {
    const local = kept.get(value);
    if (local === undefined) return;
    this.s.giveBack(local);
    kept.delete(value);
  }

  /** Moves all addresses that walk along the innermost dimension. */
  private eachMoving(move: (local: number, type: ElementType) => Code): void {
    const { inputs, outputs } = this.region;
    inputs.forEach(({ type }, i) => {
      if (this.walksInside(i)) this.s.push(move(i, type));
    });
    outputs.forEach((value, o) => {
      this.s.push(move(inputs.length + o, this.types[value]!));
    });
  }
}

/** For each node the values that it is the last to read. */
function lastUses({ nodes, outputs }: Region, values: number): number[][] {
  const last = new Array<number>(values).fill(-1);
  nodes.forEach((node, n) => {
    for (const i of node.inputs) last[i] = n;
  });
  for (const i of outputs) last[i] = -1;
  const ends: number[][] = nodes.map(() => []);
  last.forEach((n, i) => {
    if (n >= 0) ends[n]!.push(i);
  });
  return ends;
}
