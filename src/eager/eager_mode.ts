/** Eager mode: calling an op runs its kernel at once, and shows the call to every open tape. */

import '../backend/backend.ts';
import { EagerContext } from '../backend/context.ts';
import { kernelOf } from '../backend/registry.ts';
import { type BackendValue, hostValue } from '../backend/value.ts';
import { assertDType } from '../core/convert.ts';
import type { Data, DType } from '../core/dtype.ts';
import { OpError, RuntimeError, UnimplementedError, withHint } from '../core/errors.ts';
import type { Attrs, Kernel } from '../core/kernels.ts';
import type { Mode } from '../core/mode.ts';
import { type AnyOp, byName } from '../core/op.ts';
import { showCall } from '../core/recorder.ts';
import type { GraphHandle, HandleData, Literal, Node, Tensor } from '../core/tensor.ts';
import { EagerTensor } from './eager_tensor.ts';
import { PythonRandom } from './python_random.ts';

/** The record of an eager call. It looks like a graph's operation to gradient rules. */
class EagerNode implements Node {
  readonly declaration: AnyOp;
  readonly inputs: readonly Tensor[];
  readonly outputs: readonly Tensor[];
  readonly attrs: Attrs;
  readonly control_inputs: readonly Node[] = [];
  readonly device = '';
  readonly name: string;

  constructor(
    declaration: AnyOp,
    inputs: readonly Tensor[],
    outputs: readonly Tensor[],
    attrs: Attrs,
    name: string,
  ) {
    this.declaration = declaration;
    this.inputs = inputs;
    this.outputs = outputs;
    this.attrs = attrs;
    this.name = name;
  }
  get type(): string {
    return this.declaration.type;
  }
  get graph(): GraphHandle {
    throw new RuntimeError('There is no graph when eager execution is enabled.');
  }
  get_attr(name: string): unknown {
    return this.attrs[name];
  }
  run(): void {
    // It has run already.
  }
}

/** The eager mode. There is one. */
export class EagerMode implements Mode {
  readonly eager = true;
  private readonly context = new EagerContext();
  readonly seeds = new EagerSeeds(() => this.context.forget());
  private scope = '';

  /** @internal */
  apply(op: AnyOp, inputs: readonly Tensor[], attrs: Attrs, name: string): Node {
    const kernel = required(op);
    const values: BackendValue[] = new Array(inputs.length);
    for (let i = 0; i < inputs.length; i++)
      values[i] = (this.accept(inputs[i]!, null) as EagerTensor).value;
    this.context.enter(op.type, attrs, name);
    let result: ReturnType<Kernel>;
    try {
      result = kernel(values, attrs, this.context);
    } catch (error) {
      throw located(error, op, name);
    }
    const handle = op.handle?.(byName(op.inputs, attrs, inputs), attrs) as HandleData | undefined;
    const outputs = (
      Array.isArray(result) ? result : result === null ? [] : [result]
    ) as BackendValue[];
    const node = new EagerNode(
      op,
      inputs,
      outputs.map((value) => new EagerTensor(value, handle)),
      attrs,
      name,
    );
    showCall(node);
    return node;
  }

  /** @internal */
  constant({ dtype, shape, data }: Literal): Tensor {
    return new EagerTensor(hostValue(dtype, shape, data as Data));
  }

  /** @internal */
  nameScope<R>(name: string | null, body: (scope: string) => R): R {
    const { scope, exit } = this.enterNameScope(name);
    try {
      return body(scope);
    } finally {
      exit();
    }
  }

  /** @internal */
  enterNameScope(name: string | null): { readonly scope: string; exit(): void } {
    const previous = this.scope;
    this.scope = !name ? '' : name.endsWith('/') ? name : `${previous}${name}/`;
    const exit = () => {
      this.scope = previous;
    };
    return { scope: this.scope, exit };
  }

  /** @internal */
  controlDependencies<R>(_inputs: unknown, body: () => R): R {
    return body();
  }

  /** @internal */
  colocateWith<R>(_tensor: unknown, body: () => R): R {
    return body();
  }

  /** @internal */
  onDevice<R>(_device: unknown, body: () => R): R {
    return body();
  }

  /** @internal */
  accept(tensor: Tensor, dtype: DType | null): Tensor {
    if (tensor instanceof EagerTensor) return assertDType(tensor, dtype);
    throw new RuntimeError(
      withHint(
        'Attempting to use a symbolic tensor in eager mode.',
        `${tensor} belongs to a graph and has no numbers. Build inside its graph (tf.with(graph.as_default(), ...)), or run it in a session first.`,
      ),
    );
  }
}

/** The seeds of eager random ops: with a global seed, Python's generator draws one for each op. */
class EagerSeeds {
  private seed: number | null = null;
  private random = new PythonRandom(0);
  private readonly restart: () => void;

  /** `restart` lets the streams that ops have opened start anew. */
  constructor(restart: () => void) {
    this.restart = restart;
  }
  get graph(): number | null {
    return this.seed;
  }
  set graph(seed: number | null) {
    this.seed = seed;
    this.random = new PythonRandom(seed ?? 0);
    this.restart();
  }
  nextOp(): number {
    return this.random.nextInt31();
  }
}

/** An error of a kernel with what TF1 adds in eager mode: the op, and its name where one was given. */
function located(error: unknown, op: AnyOp, name: string): unknown {
  if (!(error instanceof OpError) || error.message.includes('[Op:')) return error;
  return error.append(` [Op:${op.type}]${name === op.type ? '' : ` name: ${name}`}`);
}

function required(op: AnyOp): Kernel {
  const kernel = kernelOf(op.type);
  if (!kernel) {
    throw new UnimplementedError(
      null,
      null,
      `No OpKernel was registered to support Op '${op.type}' in eager mode.`,
    );
  }
  return kernel;
}

/** The eager mode. */
export const eagerMode = new EagerMode();
