import { matchesCharacters, withEscapes } from '../wildcard';
import { isRecord, TemplateError } from './template';

/** An EventBridge event pattern. Each member maps to a list of allowed values, or to a nested pattern. */
export type EventPattern = Readonly<Record<string, unknown>>;

type Test = (argument: unknown, value: unknown) => boolean;

/** The supported comparisons of event patterns. All others are refused with an error that names them. */
const OPERATORS: Readonly<Record<string, Test>> = {
  prefix: (argument, value) => isText(argument, value, (text, part) => text.startsWith(part)),
  suffix: (argument, value) => isText(argument, value, (text, part) => text.endsWith(part)),
  'equals-ignore-case': (argument, value) =>
    isText(argument, value, (text, other) => text.toLowerCase() === other.toLowerCase()),
  'anything-but': (argument, value) =>
    value !== undefined && ![argument].flat().some((each) => accepts(each, value)),
  exists: (argument, value) => argument === (value !== undefined),
  wildcard: (argument, value) =>
    isText(argument, value, (text, pattern) => matchesCharacters(withEscapes(pattern), text)),
  numeric: (argument, value) => typeof value === 'number' && isWithin(argument, value),
};

const COMPARISONS: Readonly<Record<string, (value: number, limit: number) => boolean>> = {
  '=': (value, limit) => value === limit,
  '<': (value, limit) => value < limit,
  '<=': (value, limit) => value <= limit,
  '>': (value, limit) => value > limit,
  '>=': (value, limit) => value >= limit,
};

/**
 * Refuses a pattern that local mode does not support.
 *
 * @throws TemplateError with the unsupported part and its path
 */
export function checkPattern(pattern: unknown, path: string): asserts pattern is EventPattern {
  if (!isRecord(pattern) || Object.keys(pattern).length === 0) {
    throw new TemplateError(path, 'expected an event pattern with at least one member');
  }
  for (const [member, below] of Object.entries(pattern)) {
    const at = `${path}/${member}`;
    if (member.startsWith('$')) {
      throw new TemplateError(at, `local mode does not support ${member} in event patterns`);
    }
    if (!Array.isArray(below)) {
      checkPattern(below, at);
    } else {
      below.forEach((item, i) => {
        checkItem(item, `${at}/${i}`);
      });
    }
  }
}

function checkItem(item: unknown, path: string): void {
  if (Array.isArray(item)) {
    for (const each of item) checkItem(each, path);
  } else if (isRecord(item)) {
    for (const [operator, argument] of Object.entries(item)) {
      if (!Object.hasOwn(OPERATORS, operator)) {
        throw new TemplateError(
          path,
          `local mode does not support the comparison "${operator}" in event patterns. It supports equality, ${Object.keys(OPERATORS).join(', ')}`,
        );
      }
      checkItem(argument, `${path}/${operator}`);
    }
  }
}

/** Whether an event matches a pattern. */
export function matchesPattern(pattern: EventPattern, event: unknown): boolean {
  return Object.entries(pattern).every(([member, wanted]) => {
    const value = isRecord(event) ? event[member] : undefined;
    if (!Array.isArray(wanted)) {
      return matchesPattern(wanted as EventPattern, value);
    }
    // A list in the event matches if any of its items matches.
    const values = Array.isArray(value) ? value : [value];
    return wanted.some((each) => values.some((item) => accepts(each, item)));
  });
}

function accepts(wanted: unknown, value: unknown): boolean {
  if (!isRecord(wanted)) {
    return wanted === value;
  }
  return Object.entries(wanted).every(
    ([operator, argument]) => OPERATORS[operator]?.(argument, value) === true,
  );
}

/** Whether a number is within bounds such as `'>', 0, '<=', 5`. */
function isWithin(pairs: unknown, value: number): boolean {
  if (!Array.isArray(pairs)) return false;
  return pairs.every(
    (comparison, i) => i % 2 === 1 || COMPARISONS[comparison]?.(value, pairs[i + 1]) === true,
  );
}

function isText(
  argument: unknown,
  value: unknown,
  test: (text: string, argument: string) => boolean,
): boolean {
  return typeof value === 'string' && [argument].flat().some((each) => test(value, String(each)));
}
