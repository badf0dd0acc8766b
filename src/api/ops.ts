/** The functions that are ops, by family; each family is one line. */

export { constant, placeholder, placeholder_with_default } from '../ops/constant.ts';
