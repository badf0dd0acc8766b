/** The gradients that nodes of type SymbolicGradient ask for: functions that follow from those of the graph. */

import { with_ } from '../core/context.ts';
import { toTensor } from '../core/convert.ts';
import { gradientOf } from '../core/kernels.ts';
import type { Tensor } from '../core/tensor.ts';
import {
  FunctionGraph,
  type GraphFunction,
  registerDerivedFunctions,
} from '../graph/function_graph.ts';
import type { Graph } from '../graph/graph.ts';
import type { SymbolicTensor } from '../graph/symbolic_tensor.ts';
import { zeros_like } from '../ops/fill.ts';
import { inlined, through } from './inlining.ts';

const known = new WeakMap<GraphFunction, GraphFunction>();

registerDerivedFunctions((graph, name) => {
  for (const f of graph._functions.values()) {
    if (gradientOf(f.name) !== name) continue;
    if (f.gradientName !== null) return graph._functions.get(f.gradientName);
    const made = known.get(f) ?? gradientFunction(graph, f);
    known.set(f, made);
    return made;
  }
  return undefined;
});

/** From the arguments of `f` and dL/d(its results), dL/d(each argument); zeros where there is none. */
function gradientFunction(outer: Graph, f: GraphFunction): GraphFunction {
  const graph = new FunctionGraph(outer);
  return with_(graph.as_default(), () => {
    const given = [...f.inputs, ...f.outputs];
    const inputs = given.map((like, i) => graph._input(`x${i}`, like.dtype, like));
    const count = f.inputs.length;
    const args = inputs.slice(0, count);
    const found = through(args, inputs.slice(count), (copies) => inlined(f, copies));
    const outputs = found.map(
      (slope, i): Tensor => (slope === null ? zeros_like(args[i]!) : toTensor(slope)),
    );
    return {
      name: gradientOf(f.name),
      graph,
      inputs,
      outputs: outputs as SymbolicTensor[],
      inputNames: inputs.map(({ op }) => op.name),
      outputNames: outputs.map((_, i) => `dx${i}`),
      captured: [],
      gradientName: null,
      retrace: null,
    };
  });
}
