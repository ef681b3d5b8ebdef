import jsonata from 'jsonata';
import type { Json } from './fixtures';

/** The depths of the functions that an expression has bound to variables, by variable. */
type Functions = ReadonlyMap<string, number>;

/**
 * The maximum evaluation depth of a JSONata string for any input, or a little more. All members of an array or object
 * literal add to the depth, because jsonata evaluates them at the same time.
 *
 * @param text with or without the delimiters `{%` and `%}`
 */
export function depthOf(text: string): number {
  return depth(jsonata(text.replace(/^\{%|%\}$/g, '')).ast(), new Map());
}

/** The JSONata strings in a state machine definition, with their paths. */
export function expressionsIn(value: Json, path = ''): [path: string, text: string][] {
  if (typeof value === 'string') return value.startsWith('{%') ? [[path, value]] : [];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => expressionsIn(inner, `${path}/${name}`));
}

function depth(node: Json, functions: Functions): number {
  const of = (inner: Json) => depth(inner, functions);
  const deepest = (nodes: Json[]) => Math.max(0, ...nodes.map(of));
  const filters = [...(node.predicate ?? []), ...(node.stages ?? [])].map(({ expr }: Json) => expr);
  const inside = () => {
    switch (node.type) {
      case 'path':
        return deepest(node.steps);
      case 'binary':
        return deepest([node.lhs, node.rhs]);
      case 'unary':
        if (node.value === '[') return sum(node.expressions.map(of));
        if (node.value === '{') return Math.max(deepest(keysOf(node)), sum(valuesOf(node).map(of)));
        return of(node.expression);
      case 'condition':
        return deepest([node.condition, node.then, ...(node.else ? [node.else] : [])]);
      case 'block':
        return depthOfBlock(node.expressions, functions);
      case 'bind':
        return of(node.rhs);
      case 'function':
        return Math.max(
          deepest(node.arguments),
          functions.get(node.procedure.value) ?? 0,
          // The called function calls the functions among its arguments.
          ...node.arguments.map((argument: Json) => depthOfBody(argument, functions)),
        );
      case 'lambda':
      case 'name':
      case 'number':
      case 'regex':
      case 'string':
      case 'value':
      case 'variable':
        return 0;
      default:
        throw new Error(`unknown type of JSONata expression: ${node.type}`);
    }
  };
  return 1 + Math.max(inside(), deepest(filters));
}

/** The statements of a block run one after the other. */
function depthOfBlock(statements: readonly Json[], functions: Functions): number {
  const bound = new Map(functions);
  const depths = statements.map((statement) => {
    const own = depth(statement, bound);
    if (statement.type === 'bind') bound.set(statement.lhs.value, depthOfBody(statement.rhs, bound));
    return own;
  });
  return Math.max(0, ...depths);
}

/** The depth of a function's body; 0 for other values. */
function depthOfBody(node: Json, functions: Functions): number {
  if (node.type === 'variable') return functions.get(node.value) ?? 0;
  if (node.type !== 'lambda') return 0;
  // jsonata wraps a call at the end of a function in a further function.
  return node.body.thunk ? 1 + depth(node.body.body, functions) : depth(node.body, functions);
}

const keysOf = (node: Json): Json[] => node.lhs.map(([key]: [Json, Json]) => key);
const valuesOf = (node: Json): Json[] => node.lhs.map(([, value]: [Json, Json]) => value);

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}
