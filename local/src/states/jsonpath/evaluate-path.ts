import { equalJson, isArray, isObject, type Json, numberIn } from '../json';
import type { Filter, JsonPath, Operand, Segment } from './path';

/**
 * Evaluates a path.
 *
 * @returns for a definite path, the value, or undefined if it matches nothing; for an indefinite path, an
 *   array of all matching values
 */
export function evaluatePath(path: JsonPath, root: Json): Json | undefined {
  let found: Json[] = [root];
  path.segments.forEach((segment, i) => {
    const before = path.segments[i - 1];
    const several = segment.kind === 'names' && segment.names.length > 1 && i === path.segments.length - 1;
    found = found.flatMap((value) =>
      several ? together(segment.names, value, before?.kind === 'descendants') : select(segment, value),
    );
  });
  return path.definite ? found[0] : found;
}

/**
 * Evaluates several names at the end of a path (`['a','b']`) to one object that contains the existing
 * members. After `..`, all members must exist.
 */
function together(names: readonly string[], value: Json, all: boolean): readonly Json[] {
  if (!isObject(value)) return [];
  const members = names.filter((name) => Object.hasOwn(value, name));
  if (all && members.length < names.length) return [];
  return [Object.fromEntries(members.map((name) => [name, value[name] ?? null]))];
}

function select(segment: Segment, value: Json): readonly Json[] {
  switch (segment.kind) {
    case 'names':
      return isObject(value) ? present(segment.names.map((name) => own(value, name))) : [];
    case 'indexes':
      return isArray(value) ? present(segment.indexes.map((index) => value.at(index))) : [];
    case 'slice': {
      if (!isArray(value)) return [];
      return value.slice(segment.start ?? 0, segment.end).filter((_, i) => i % segment.step === 0);
    }
    case 'wildcard':
      return children(value);
    case 'descendants':
      return [value, ...descendants(value)];
    case 'function':
      return [];
    case 'filter':
      // `@` matches only objects, never a plain string or number (developer guide, Paths).
      return (isArray(value) ? value : [value]).filter(
        (item) => isObject(item) && accepts(segment.filter, item),
      );
  }
}

function own(value: { readonly [key: string]: Json }, name: string): Json | undefined {
  return Object.hasOwn(value, name) ? value[name] : undefined;
}

function present(values: readonly (Json | undefined)[]): Json[] {
  return values.filter((value) => value !== undefined);
}

function children(value: Json): readonly Json[] {
  if (isArray(value)) return value;
  return isObject(value) ? Object.values(value) : [];
}

function descendants(value: Json): Json[] {
  return children(value).flatMap((child) => [child, ...descendants(child)]);
}

function accepts(filter: Filter, item: Json): boolean {
  switch (filter.kind) {
    case 'and':
      return accepts(filter.left, item) && accepts(filter.right, item);
    case 'or':
      return accepts(filter.left, item) || accepts(filter.right, item);
    case 'not':
      return !accepts(filter.filter, item);
    case 'exists':
      return operandValue(filter.operand, item) !== undefined;
    case 'compare':
      return compare(operandValue(filter.left, item), filter.operator, operandValue(filter.right, item));
  }
}

function operandValue(operand: Operand, item: Json): Json | undefined {
  if (operand.kind === 'literal') return operand.value;
  const value = evaluatePath(operand.path, item);
  return !operand.path.definite && isArray(value) && value.length === 0 ? undefined : value;
}

function compare(left: Json | undefined, operator: string, right: Json | undefined): boolean {
  if (operator === '==' || operator === '!=') {
    const equal = left === undefined || right === undefined ? left === right : equalJson(left, right);
    return equal === (operator === '==');
  }
  const areStrings = typeof left === 'string' && typeof right === 'string';
  const [one, other] = areStrings ? [left, right] : [numberIn(left), numberIn(right)];
  if (one === undefined || other === undefined) return false;
  if (operator === '<') return one < other;
  if (operator === '<=') return one <= other;
  if (operator === '>') return one > other;
  return one >= other;
}
