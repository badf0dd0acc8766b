/** The default graph: the one that calling an op adds to. */

import type { ContextManager } from '../core/context.ts';
import { AssertionError } from '../core/errors.ts';
import { enterMode, leaveMode, registerDefaultMode, registerHomes } from '../core/mode.ts';
import { Graph } from './graph.ts';
import { SymbolicTensor } from './symbolic_tensor.ts';

const stack: Graph[] = [];
let root: Graph | undefined;

/** The graph that new operations go to. `tf.get_default_graph()` */
export function get_default_graph(): Graph {
  const top = stack[stack.length - 1];
  if (top) return top;
  root ??= new Graph();
  return root;
}

registerDefaultMode(get_default_graph);
registerHomes((tensor) => (tensor instanceof SymbolicTensor ? tensor.graph : undefined));

/** Replaces the default graph by an empty one. AssertionError inside `with graph.as_default()`. */
export function reset_default_graph(): void {
  if (stack.length > 0) {
    throw new AssertionError(
      'Do not use tf.reset_default_graph() to clear nested graphs. If you need a cleared graph, exit the nesting and create a new graph.',
    );
  }
  root = new Graph();
}

/** Whether the default graph was used already, so that it is too late to turn eager. @internal */
export function defaultGraphInUse(): boolean {
  return stack.length > 0 || (root?.version ?? 0) > 0;
}

/** A context manager that makes `graph` the default one. @internal */
export function enterGraph(graph: Graph): ContextManager<Graph> {
  return {
    enter: () => {
      stack.push(graph);
      enterMode(graph);
      return graph;
    },
    exit: () => {
      if (stack.at(-1) !== graph) {
        throw new AssertionError(`Nesting violated for default stack of ${Graph.name} objects`);
      }
      stack.pop();
      leaveMode();
    },
    synchronousOnly: true,
  };
}
