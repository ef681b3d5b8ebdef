import { AwsError } from '../aws-error';
import type { ServiceModel } from '../model/validator';

/** Maximum number of parts in a parameter's name, more than any valid parameter has. */
const MAX_PARTS = 32;

/** The values of a form as a tree. Each part of a name is a level: `Dimensions.member.1.Name` has four levels. */
type Tree = Map<string, Tree | string>;

/**
 * Parses the form of a query request according to the operation's shape: lists (`Names.member.1`), structures
 * (`Pair.Name`), numbers and booleans. Members that are not in the shape, and invalid values, stay strings.
 *
 * @throws AwsError `MalformedInput` for names with too many parts
 */
export function readForm(
  parameters: URLSearchParams,
  { operations, shapes }: ServiceModel,
  operation: string,
): Record<string, unknown> {
  const shape = Object.hasOwn(operations, operation) ? operations[operation] : undefined;
  if (shape === undefined) return Object.fromEntries(parameters);
  const tree: Tree = new Map();
  for (const [name, value] of parameters) {
    const parts = name.split('.');
    if (parts.length > MAX_PARTS) {
      throw new AwsError('MalformedInput', `the name of a parameter has more than ${MAX_PARTS} parts`);
    }
    grow(tree, parts, value);
  }
  return readMembers(tree, shape, shapes);
}

function grow(tree: Tree, [name = '', ...rest]: readonly string[], value: string): void {
  if (rest.length === 0) {
    tree.set(name, value);
    return;
  }
  const known = tree.get(name);
  const inside = known instanceof Map ? known : new Map();
  tree.set(name, inside);
  grow(inside, rest, value);
}

function readMembers(tree: Tree, name: string, shapes: ServiceModel['shapes']): Record<string, unknown> {
  const members = shapes[name]?.members ?? {};
  return Object.fromEntries(
    [...tree].map(([member, value]) => [
      member,
      readValue(value, Object.hasOwn(members, member) ? members[member] : undefined, shapes),
    ]),
  );
}

function readValue(value: Tree | string, name: string | undefined, shapes: ServiceModel['shapes']): unknown {
  const shape = name === undefined ? undefined : shapes[name];
  if (name === undefined || shape === undefined) return value instanceof Map ? undefined : value;
  if (value instanceof Map) {
    return shape.type === 'list'
      ? itemsOf(value).map((item) => readValue(item, shape.member, shapes))
      : readMembers(value, name, shapes);
  }
  switch (shape.type) {
    case 'integer':
    case 'long':
      return /^-?\d+$/.test(value) ? Number(value) : value;
    case 'boolean':
      return ['true', 'false'].includes(value) ? value === 'true' : value;
    case 'list':
      // An empty list.
      return value === '' ? [] : value;
    default:
      return value;
  }
}

/** The items of a list, ordered by number. */
function itemsOf(list: Tree): (Tree | string)[] {
  const items = list.get('member');
  return items instanceof Map
    ? [...items].sort(([left], [right]) => Number(left) - Number(right)).map(([, item]) => item)
    : [];
}
