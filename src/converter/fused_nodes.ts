/**
 * The ops that tfjs's converter makes of several: a product or a convolution with bias and activation,
 * and PReLU. On the way in each becomes the nodes it was made of, the last of which has its name.
 */

import { as_dtype } from '../core/dtype.ts';
import { UnimplementedError } from '../core/errors.ts';
import type { ImportNode } from '../graph/import_graph_def.ts';

/** The op that does the main part of each fused one. */
const MAIN: ReadonlyMap<string, string> = new Map([
  ['_FusedMatMul', 'MatMul'],
  ['_FusedConv2D', 'Conv2D'],
  ['FusedDepthwiseConv2dNative', 'DepthwiseConv2dNative'],
]);
/** Attributes that the fused op has for itself. */
const OWN = ['fused_ops', 'num_args', 'epsilon', 'leakyrelu_alpha'];

/** `nodes` with the fused ones taken apart. UnimplementedError for a part that is not known. */
export function withoutFused(nodes: readonly ImportNode[]): ImportNode[] {
  const taken = new Set(nodes.map(({ name }) => name));
  return nodes.flatMap((node) => {
    if (node.op === 'Prelu') return new Parts(node, taken).prelu(node.input[0]!, node.input[1]!);
    const main = MAIN.get(node.op);
    return main ? new Parts(node, taken).fused(main) : [node];
  });
}

/** The nodes that one fused node becomes. */
class Parts {
  private readonly node: ImportNode;
  private readonly taken: Set<string>;
  private readonly made: ImportNode[] = [];

  constructor(node: ImportNode, taken: Set<string>) {
    this.node = node;
    this.taken = taken;
  }

  fused(main: string): ImportNode[] {
    const { attr, input } = this.node;
    const [x, y, ...others] = input.filter((name) => !name.startsWith('^'));
    const own = Object.entries(attr).filter(([key]) => !OWN.includes(key));
    let last = this.add(main, [x!, y!], Object.fromEntries(own));
    for (const part of (attr.fused_ops ?? []) as readonly string[]) {
      last = this.part(part, last, others);
    }
    return this.finish();
  }

  /** One more step after `last`; takes what it needs off `others`. */
  private part(part: string, last: string, others: string[]): string {
    switch (part) {
      case 'BiasAdd':
        return this.add('BiasAdd', [last, others.shift()!], {
          data_format: this.node.attr.data_format ?? 'NHWC',
        });
      case 'Relu':
      case 'Relu6':
      case 'Elu':
      case 'Sigmoid':
      case 'Tanh':
        return this.add(part, [last]);
      case 'LeakyRelu':
        return this.add(part, [last], { alpha: this.node.attr.leakyrelu_alpha ?? 0.2 });
      case 'Prelu':
        return this.preluOf(last, others.shift()!);
      default:
        throw new UnimplementedError(
          null,
          null,
          `Node '${this.node.name}': ${this.node.op} with ${part} is not known.`,
        );
    }
  }

  /** `relu(x) - alpha * relu(-x)`, the definition of PReLU. */
  prelu(x: string, alpha: string): ImportNode[] {
    this.preluOf(x, alpha);
    return this.finish();
  }

  private preluOf(x: string, alpha: string): string {
    const positive = this.add('Relu', [x]);
    const negative = this.add('Relu', [this.add('Neg', [x])]);
    return this.add('Sub', [positive, this.add('Mul', [alpha, negative])]);
  }

  private add(op: string, input: readonly string[], attr: Record<string, unknown> = {}): string {
    let name = `${this.node.name}/${op}`;
    for (let i = 1; this.taken.has(name); i++) name = `${this.node.name}/${op}_${i}`;
    this.taken.add(name);
    const T = this.node.attr.T ?? as_dtype('float32');
    this.made.push({ name, op, input, device: this.node.device, attr: { T, ...attr } });
    return name;
  }

  /** Gives the last node the name of the fused one, and the first its control inputs. */
  private finish(): ImportNode[] {
    const { name, input } = this.node;
    const control = input.filter((text) => text.startsWith('^'));
    const first = { ...this.made[0]!, input: [...this.made[0]!.input, ...control] };
    const nodes = [first, ...this.made.slice(1)];
    return [...nodes.slice(0, -1), { ...nodes.at(-1)!, name }];
  }
}
