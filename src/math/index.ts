/** `tf1/math`: formulas as text become nodes, by mathjs's parser; mathjs matrices come in and go out. */

export { derivative } from './derivative.ts';
export { expr, type Scope } from './expression.ts';
export { toMathjs } from './matrices.ts';
