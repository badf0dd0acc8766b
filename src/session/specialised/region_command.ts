/** A fused loop as a command: its operations become a module, its operands addresses. */

import { type Command, elementTypeOf } from '../../backend/placed/index.ts';
import type { Home } from '../../backend/placed/place.ts';
import { sizeOf } from '../../backend/value.ts';
import { compileElementwise, type RegionRun } from '../../backend/wasm/elementwise.ts';
import { argumentRoom, invoke } from '../../backend/wasm/invoke.ts';
import { collapse } from '../../compiler/collapse.ts';
import type { RegionInput, RegionNode } from '../../compiler/elementwise.ts';
import type { Placed, RegionItem, Source } from './source.ts';

/** A call takes so many numbers at most. */
const MAX_PARAMETERS = 200;

/** The command of `region`. Too many operands make it several loops. */
export function regionCommand(region: RegionItem): Command {
  const { inputs, outputs, build } = operandsOf(region);
  if (inputs.length + outputs.length > MAX_PARAMETERS && region.members.length > 1) {
    const half = region.members.length >> 1;
    const first = regionCommand({ ...region, members: region.members.slice(0, half) });
    const second = regionCommand({ ...region, members: region.members.slice(half) });
    return () => {
      first();
      second();
    };
  }
  const { run, sizes } = build();
  const homes = [...inputs.map(({ source }) => source.home), ...outputs.map((s) => s.home)];
  return callWith(run, homes, sizes);
}

function operandsOf(region: RegionItem) {
  const made = new Map<Source, number>();
  const inputs: Placed[] = [];
  const shapes: (readonly number[])[] = [];
  const positions = new Map<string, number>();
  const nodes: RegionNode[] = [];
  const size = sizeOf(region.shape);
  // Nodes are numbered after the inputs, which are not all known yet: below zero until then.
  const constants = new Map<string, number>();
  const reference = (arg: Placed): number => {
    const inside = made.get(arg.source);
    if (inside !== undefined) return -1 - inside;
    if (arg.constant && arg.shape.length === 0) return -1 - constantNode(arg);
    const shape = sizeOf(arg.shape) === size ? region.shape : arg.shape;
    const key = `${ids.of(arg.source)} ${shape.join()}`;
    let position = positions.get(key);
    if (position === undefined) {
      position = inputs.push(arg) - 1;
      shapes.push(shape);
      positions.set(key, position);
    }
    return position;
  };
  const constantNode = ({ constant, dtype }: Placed): number => {
    const value = Number(constant!.data[0]);
    const key = `${dtype.name} ${Object.is(value, -0) ? '-0' : value}`;
    let position = constants.get(key);
    if (position === undefined) {
      position = nodes.push({ op: 'Const', inputs: [], value, type: elementTypeOf(dtype)! }) - 1;
      constants.set(key, position);
    }
    return position;
  };
  const outputs: Source[] = [];
  const written: number[] = [];
  for (const { node, args, output } of region.members) {
    const position = nodes.push({ ...node, inputs: args.map(reference) }) - 1;
    made.set(output.source, position);
    if (output.source.until < region.order) continue;
    outputs.push(output.source);
    written.push(position);
  }
  const build = () => {
    const { sizes, patterns } = collapse(region.shape, [region.shape, ...shapes]);
    const numbered = (i: number) => (i < 0 ? inputs.length - 1 - i : i);
    const compiled = compileElementwise({
      rank: sizes.length,
      inputs: inputs.map(
        ({ dtype }, i): RegionInput => ({ type: elementTypeOf(dtype)!, walks: patterns[i + 1]! }),
      ),
      nodes: nodes.map((node) => ({ ...node, inputs: node.inputs.map(numbered) })),
      outputs: written.map((position) => inputs.length + position),
    });
    if (!compiled) throw new Error('A fused region has an operation that is not element-wise.');
    return { run: compiled.run, sizes };
  };
  return { inputs, outputs, build };
}

/** Numbers for sources, to tell them apart in texts. */
const ids = {
  known: new WeakMap<Source, number>(),
  count: 0,
  of(source: Source): number {
    const known = this.known.get(source);
    if (known !== undefined) return known;
    this.known.set(source, this.count);
    return this.count++;
  },
};

/** The call with what the homes say at the time; the common numbers of operands are written out. */
function callWith(run: RegionRun, homes: readonly Home[], sizes: readonly number[]): Command {
  const [a, b, c, d] = homes as readonly [Home, Home, Home, Home];
  const [n, m] = sizes as readonly [number, number];
  const form = `${homes.length} ${sizes.length}`;
  if (form === '2 1') return () => run(a.at, b.at, n);
  if (form === '3 1') return () => run(a.at, b.at, c.at, n);
  if (form === '4 1') return () => run(a.at, b.at, c.at, d.at, n);
  if (form === '3 2') return () => run(a.at, b.at, c.at, n, m);
  if (form === '4 2') return () => run(a.at, b.at, c.at, d.at, n, m);
  const numbers = argumentRoom(homes.length + sizes.length);
  sizes.forEach((size, i) => {
    numbers[homes.length + i] = size;
  });
  return () => {
    for (let i = 0; i < homes.length; i++) numbers[i] = homes[i]!.at;
    invoke(run, numbers);
  };
}
