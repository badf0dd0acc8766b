/**
 * The TypeScript files of the project as the scripts see them: their names, their syntax trees and
 * what each one imports. TypeScript 7 has no JavaScript API, so the trees are those of swc.
 */

import { readdirSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { parseSync } from '@swc/core';

/** A node of swc's tree: a type, a byte range (from 1) and whatever else the type has. */
export interface SyntaxNode {
  readonly type: string;
  readonly span?: { readonly start: number; readonly end: number };
  readonly [member: string]: unknown;
}

/** One `import`, `export ... from`, `import()` or `typeof import()` of a file. */
export interface Import {
  /** What is imported, as written. */
  readonly target: string;
  /** The line, from 1. */
  readonly line: number;
  /** Whether it is gone at run time. */
  readonly typeOnly: boolean;
  /** Whether it is an `import()` that runs when it is reached. */
  readonly dynamic: boolean;
}

/** A file's text, its bytes and its tree. */
export interface Source {
  readonly text: string;
  readonly bytes: Buffer;
  readonly tree: SyntaxNode;
}

/** The `.ts` files below `folder`, sorted, with `/` in their names and `folder` in front. */
export function typescriptFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.d.ts'))
    .map((name) => join(folder, name).split(sep).join('/'))
    .sort();
}

/** Reads and parses one file. Throws with the file's name if its syntax is wrong. */
export function readSource(file: string): Source {
  const text = readFileSync(file, 'utf8');
  try {
    const tree = parseSync(text, { syntax: 'typescript', target: 'es2022' });
    return { text, bytes: Buffer.from(text), tree: tree as object as SyntaxNode };
  } catch (error) {
    throw new Error(`${file} does not parse: ${(error as Error).message}`);
  }
}

/** The line, from 1, of a byte position as spans have it. */
export function lineOf(source: Source, position: number): number {
  let line = 1;
  for (let i = 0; i < position - 1; i++) if (source.bytes[i] === 10) line++;
  return line;
}

/** Calls `visit` with every node of a tree, parents first. */
export function walk(node: unknown, visit: (node: SyntaxNode) => void): void {
  if (Array.isArray(node)) {
    for (const member of node) walk(member, visit);
  } else if (isNode(node)) {
    visit(node);
    for (const member of Object.values(node)) walk(member, visit);
  } else if (typeof node === 'object' && node !== null) {
    for (const member of Object.values(node)) walk(member, visit);
  }
}

function isNode(node: unknown): node is SyntaxNode {
  return typeof node === 'object' && node !== null && typeof Reflect.get(node, 'type') === 'string';
}

/** Everything a file imports. An `import()` whose target is not a literal has the target `'?'`. */
export function importsOf(source: Source): Import[] {
  const found: Import[] = [];
  const add = (node: SyntaxNode, target: unknown, typeOnly: boolean, dynamic = false): void => {
    const literal = isNode(target) && target.type === 'StringLiteral' ? String(target.value) : '?';
    found.push({ target: literal, line: lineOf(source, node.span!.start), typeOnly, dynamic });
  };
  walk(source.tree, (node) => {
    if (node.type === 'ImportDeclaration') {
      add(node, node.source, node.typeOnly === true || everyNameIsType(node));
    } else if (node.type === 'ExportAllDeclaration') {
      add(node, node.source, node.typeOnly === true);
    } else if (node.type === 'ExportNamedDeclaration' && node.source) {
      add(node, node.source, node.typeOnly === true);
    } else if (node.type === 'TsImportType') {
      add(node, node.argument, true);
    } else if (node.type === 'CallExpression' && isLoader(node.callee)) {
      const [first] = node.arguments as { expression: unknown }[];
      add(node, first?.expression, false, true);
    }
  });
  return found;
}

function isLoader(callee: unknown): boolean {
  if (!isNode(callee)) return false;
  return callee.type === 'Import' || (callee.type === 'Identifier' && callee.value === 'require');
}

function everyNameIsType(node: SyntaxNode): boolean {
  const names = node.specifiers as { isTypeOnly?: boolean }[];
  return names.length > 0 && names.every((name) => name.isTypeOnly === true);
}

/** The package (or `node:` module) an import names, or `null` if it names a file. */
export function packageOf(target: string): string | null {
  if (target.startsWith('.') || target === '?') return null;
  if (target.startsWith('node:')) return target;
  return target
    .split('/')
    .slice(0, target.startsWith('@') ? 2 : 1)
    .join('/');
}
