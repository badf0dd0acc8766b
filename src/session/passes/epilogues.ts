/**
 * Epilogues: the sum with a row and the activation that follow a matrix product or a convolution are
 * done while its results are in registers, if nothing else wants what is in between. This is the part of
 * fusion that goes beyond element-wise loops.
 */

import type { Activation } from '../../backend/placed/index.ts';
import { sizeOf } from '../../backend/value.ts';
import type {
  CallItem,
  Item,
  Placed,
  RegionItem,
  RegionMember,
  Source,
} from '../specialised/source.ts';

const SUMS = new Set(['Add', 'AddV2']);
const ACTIVATIONS: Readonly<Record<string, Activation>> = { Relu: 'relu', Relu6: 'relu6' };

/** A call, the members of a region that it can take up, and the row that the first of them adds. */
interface Match {
  readonly call: CallItem;
  readonly sum: RegionMember;
  readonly row: Placed;
  readonly activation: RegionMember | null;
}

/** `items`, in which calls have taken up what follows them. `fetched` is wanted at the end. */
export function fuseEpilogues(items: readonly Item[], fetched: readonly Source[]): readonly Item[] {
  const makers = new Map<Source, CallItem>();
  for (const item of items) {
    if (item.kind === 'call' && item.call.withEpilogue) makers.set(item.outputs[0]!.source, item);
  }
  if (makers.size === 0) return items;
  const uses = countUses(items, fetched);
  const writes = items.flatMap((item) => (isWriter(item) ? [item.order] : []));
  const gone = new Set<Item>();
  const made: CallItem[] = [];
  for (const item of items) {
    if (item.kind !== 'region') continue;
    for (const match of matchesIn(item, makers, uses)) {
      const { order } = match.call;
      if (gone.has(match.call) || writes.some((at) => order < at && at < item.order)) continue;
      gone.add(match.call);
      made.push(withEpilogue(match, item));
      remove(item, match);
    }
    if (item.members.length === 0) gone.add(item);
  }
  // At one step a call comes before the region that reads what it gives.
  return [...made, ...items.filter((item) => !gone.has(item))];
}

/** How often each source is read. */
function countUses(items: readonly Item[], fetched: readonly Source[]): Map<Source, number> {
  const uses = new Map<Source, number>();
  const use = (source: Source) => uses.set(source, (uses.get(source) ?? 0) + 1);
  for (const source of fetched) use(source);
  for (const item of items) {
    if (item.kind === 'region') {
      for (const { args } of item.members) for (const { source } of args) use(source);
    } else if (item.kind === 'call') {
      for (const i of item.call.reads) use(item.inputs[i]!.source);
    } else if (item.kind === 'kernel') for (const source of item.reads) use(source);
  }
  return uses;
}

const isWriter = (item: Item): boolean =>
  (item.kind === 'call' || item.kind === 'kernel') &&
  (item.written === 'all' || item.written.length > 0);

function matchesIn(
  { members }: RegionItem,
  makers: ReadonlyMap<Source, CallItem>,
  uses: ReadonlyMap<Source, number>,
): Match[] {
  const inside = new Set(members.map(({ output }) => output.source));
  return members.flatMap((sum) => {
    if (!SUMS.has(sum.node.op)) return [];
    const at = sum.args.findIndex(({ source }) => makers.has(source) && uses.get(source) === 1);
    const [product, row] = [sum.args[at], sum.args[1 - at]];
    const call = product && makers.get(product.source);
    if (!call || !isRow(row!, product, sum.output, call) || inside.has(row!.source)) return [];
    const next = members.find(({ args }) =>
      args.some(({ source }) => source === sum.output.source),
    );
    const isLast = next && uses.get(sum.output.source) === 1 && next.node.op in ACTIVATIONS;
    return [{ call, sum, row: row!, activation: isLast ? next : null }];
  });
}

/** Whether `row` repeats along all dimensions of the product but the last. */
function isRow(row: Placed, product: Placed, sum: Placed, { outputs }: CallItem): boolean {
  const depth = outputs[0]!.shape.at(-1);
  return (
    sum.shape.join() === product.shape.join() &&
    product.shape.at(-1) === depth &&
    row.shape.at(-1) === depth &&
    sizeOf(row.shape) === depth
  );
}

function withEpilogue({ call, sum, row, activation }: Match, { order }: RegionItem): CallItem {
  const end = activation ? ACTIVATIONS[activation.node.op]! : 'none';
  return {
    ...call,
    order,
    call: call.call.withEpilogue!(end),
    inputs: [...call.inputs, row],
    outputs: [(activation ?? sum).output],
    epilogue: activation ? [sum.step, activation.step] : [sum.step],
  };
}

function remove({ members }: RegionItem, { sum, activation }: Match): void {
  for (const member of [sum, activation]) if (member) members.splice(members.indexOf(member), 1);
}
