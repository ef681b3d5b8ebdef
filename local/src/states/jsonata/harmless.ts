import type { ExprNode } from 'jsonata';
import { nodesIn } from './syntax-tree';

/** Node types allowed in a harmless expression, and the members that nodes of these types may have. */
const TYPES = ['path', 'name', 'variable', 'string', 'number', 'value', 'binary', 'condition'];
const MEMBERS = [
  'type',
  'value',
  'position',
  'steps',
  'lhs',
  'rhs',
  'condition',
  'then',
  'else',
  'id',
  'lbp',
];
/** Operators that are not harmless, because the result of a range or concatenation can be larger than its input. */
const MULTIPLYING = ['&', '..'];

/**
 * Whether the size of an expression's input limits the time and memory that the expression needs. True for paths of
 * plain names, comparisons and arithmetic; false for functions, filters, regular expressions, constructors and so on.
 */
export function isHarmless(ast: ExprNode): boolean {
  return nodesIn(ast).every(
    (node) =>
      TYPES.includes(String(node.type)) &&
      !(node.type === 'binary' && MULTIPLYING.includes(String(node.value))) &&
      Object.keys(node).every((key) => MEMBERS.includes(key)),
  );
}
