import type { ExprNode } from 'jsonata';

/** jsonata's syntax tree has members that are missing in its type. */
export type Node = Omit<ExprNode, 'type' | 'lhs' | 'rhs'> & {
  readonly type: string;
  readonly [key: string]: unknown;
};

/** All objects in a syntax tree. Not all of them are complete nodes. */
export function nodesIn(part: unknown): Partial<Node>[] {
  if (typeof part !== 'object' || part === null) return [];
  const below = Object.values(part).flatMap(nodesIn);
  return Array.isArray(part) ? below : [part, ...below];
}
