import { matchesCharacters, withEscapes } from '../../wildcard';
import { type Json, numberIn } from '../json';
import { parseTimestamp } from '../timestamp';

/** Relations by name. The name of an operator consists of a type and a relation, such as `NumericLessThan`. */
const RELATIONS: Readonly<Record<string, (order: number) => boolean>> = {
  Equals: (order) => order === 0,
  LessThan: (order) => order < 0,
  LessThanEquals: (order) => order <= 0,
  GreaterThan: (order) => order > 0,
  GreaterThanEquals: (order) => order >= 0,
};

type Comparable = boolean | number | string | bigint;

/**
 * Functions that convert values for comparison, by type. They return undefined for a value of another type. Such a
 * value never matches.
 */
const READERS: Readonly<Record<string, (value: Json) => Comparable | undefined>> = {
  String: (value) => (typeof value === 'string' ? value : undefined),
  Numeric: numberIn,
  Boolean: (value) => (typeof value === 'boolean' ? value : undefined),
  Timestamp: (value) => (typeof value === 'string' ? parseTimestamp(value) : undefined),
};

const TYPE_TESTS: Readonly<Record<string, (value: Json) => boolean>> = {
  IsNull: (value) => value === null,
  IsString: (value) => typeof value === 'string',
  IsNumeric: (value) => numberIn(value) !== undefined,
  IsBoolean: (value) => typeof value === 'boolean',
  IsTimestamp: (value) => typeof value === 'string' && parseTimestamp(value) !== undefined,
};

/** Types of operands by operator, without the `…Path` forms. */
export const OPERATORS: ReadonlyMap<string, 'String' | 'Numeric' | 'Boolean' | 'Timestamp'> = new Map([
  ...Object.keys(RELATIONS).flatMap((relation) => [
    [`String${relation}`, 'String'] as const,
    [`Numeric${relation}`, 'Numeric'] as const,
    [`Timestamp${relation}`, 'Timestamp'] as const,
  ]),
  ['BooleanEquals', 'Boolean'],
  ['StringMatches', 'String'],
  ['IsPresent', 'Boolean'],
  ...Object.keys(TYPE_TESTS).map((test) => [test, 'Boolean'] as const),
]);

/** Applies an operator to the variable's value and the operand. */
export function compareValues(operator: string, value: Json, operand: Json): boolean {
  const test = TYPE_TESTS[operator];
  if (test) return test(value) === operand;
  if (operator === 'StringMatches')
    return typeof value === 'string' && matchesCharacters(withEscapes(String(operand)), value);
  const type = OPERATORS.get(operator) ?? '';
  const [left, right] = [READERS[type]?.(value), READERS[type]?.(operand)];
  if (left === undefined || right === undefined) return false;
  const order = left < right ? -1 : left > right ? 1 : 0;
  return RELATIONS[operator.slice(type.length)]?.(order) ?? false;
}
