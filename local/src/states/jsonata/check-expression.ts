import { parseExpression } from './expression';
import { type Node, nodesIn } from './syntax-tree';

/** The member of `$states` that is available to an expression, in addition to `input` and `context`. */
export type Produced = 'result' | 'errorOutput' | undefined;

/** A problem for which CreateStateMachine refuses an expression. */
export interface ExpressionProblem {
  readonly code: 'INVALID_JSONATA_EXPRESSION' | 'UNSUPPORTED_JSONATA_EXPRESSION';
  readonly message: string;
}

/** Finds the problems of an expression without running it. */
export function checkExpression(source: string, produced: Produced): ExpressionProblem[] {
  let ast: Node;
  try {
    ast = parseExpression(source) as unknown as Node;
  } catch (error) {
    return [invalid(source, (error as Error).message)];
  }
  const [end] = newOperators(ast, source).sort((a, b) => a - b);
  if (end) return [invalid(source, `The symbol "${source[end - 1]}" cannot be used as a unary operator`)];
  const found = new Set<string>();
  walk(ast, false, produced, found);
  return [...found].map((message) => ({ code: 'UNSUPPORTED_JSONATA_EXPRESSION', message }));
}

function invalid(source: string, message: string): ExpressionProblem {
  return { code: 'INVALID_JSONATA_EXPRESSION', message: `'${source}': ${message}` };
}

/** Operators of JSONata 2.1. Step Functions has JSONata 2.0.6, which reads the second character as an operator. */
const NEW_OPERATORS = ['??', '?:'];

/**
 * The ends of the operators that Step Functions does not have, as indexes in the source. The syntax tree has the same
 * node for such an operator as for `a ? b : c`. The position of the node is the end of the operator.
 */
function newOperators(ast: Node, source: string): number[] {
  return nodesIn(ast).flatMap(({ type, position: end }) =>
    type === 'condition' && end !== undefined && NEW_OPERATORS.includes(source.slice(end - 2, end))
      ? [end]
      : [],
  );
}

/**
 * Members of syntax tree nodes that are evaluated for each item. In these members, `$` and names refer to the item.
 */
const ITEM_PARTS = ['predicate', 'stages', 'group', 'body', 'pattern', 'update', 'delete', 'terms'];

function walk(node: Node, inItem: boolean, produced: Produced, found: Set<string>): void {
  const visit = (child: unknown, item: boolean): void => {
    if (Array.isArray(child)) for (const one of child) visit(one, item);
    else if (typeof child === 'object' && child !== null && !(child instanceof RegExp)) {
      walk(child as Node, item, produced, found);
    }
  };
  switch (node.type) {
    case 'name':
    case 'wildcard':
    case 'descendant':
      if (!inItem) found.add(unsupportedReference(String(node.value)));
      break;
    case 'variable':
      // In the syntax tree, `$` has the value '', and `$$` has the value '$'.
      if (!inItem && (node.value === '' || node.value === '$'))
        found.add(unsupportedReference(`$${node.value}`));
      break;
    case 'bind':
      if ((node['lhs'] as Node).value === 'states') found.add("The variable 'states' is reserved.");
      visit(node['rhs'], inItem);
      return;
    case 'path':
      for (const [i, step] of (node['steps'] as Node[]).entries()) visit(step, inItem || i > 0);
      checkStatesMember(node['steps'] as Node[], produced, found);
      visit(node['group'], true);
      return;
  }
  for (const [key, child] of Object.entries(node)) visit(child, inItem || ITEM_PARTS.includes(key));
}

function unsupportedReference(name: string): string {
  return `Reference to '${name}' at the top level is not supported.`;
}

function checkStatesMember([first, second]: readonly Node[], produced: Produced, found: Set<string>): void {
  if (first?.type !== 'variable' || first.value !== 'states' || second?.type !== 'name') return;
  const member = String(second.value);
  if ((member === 'result' || member === 'errorOutput') && member !== produced) {
    found.add(`The reference '$states.${member}' is not available in this field.`);
  }
}
