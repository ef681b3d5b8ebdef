import type { Catcher, QueryLanguage, Retrier } from '../types';
import type { Fields } from './fields';
import { parseFlow } from './parse-flow';

/** Maximum delay between two attempts. */
const LONGEST_DELAY = 31_622_400;

/** Reads Retry. */
export function parseRetry(fields: Fields): Retrier[] {
  if (!fields.has('Retry') || isEmpty(fields, 'Retry')) return [];
  const retriers = fields.list('Retry').map((retrier): Retrier => {
    retrier.string('Comment');
    const parsed = {
      errorEquals: retrier.strings('ErrorEquals') ?? [],
      intervalSeconds: retrier.integer('IntervalSeconds', { min: 1, max: 99_999_999 }) ?? 1,
      maxAttempts: retrier.integer('MaxAttempts', { min: 0, max: 99_999_999 }) ?? 3,
      backoffRate: retrier.number('BackoffRate', { min: 1, max: Number.MAX_VALUE }) ?? 2,
      maxDelaySeconds: retrier.integer('MaxDelaySeconds', { min: 1, max: LONGEST_DELAY - 1 }),
      fullJitter: retrier.oneOf('JitterStrategy', ['FULL', 'NONE']) === 'FULL',
    };
    if (!retrier.has('ErrorEquals')) retrier.missing('ErrorEquals');
    if (parsed.maxDelaySeconds !== undefined && parsed.maxDelaySeconds <= parsed.intervalSeconds) {
      retrier.problem('MaxDelaySeconds must be greater than IntervalSeconds', 'MaxDelaySeconds');
    }
    retrier.finish();
    return parsed;
  });
  checkWildcards(fields, 'Retry', retriers);
  return retriers;
}

/** Reads Catch. */
export function parseCatch(fields: Fields, language: QueryLanguage): Catcher[] {
  if (!fields.has('Catch') || isEmpty(fields, 'Catch')) return [];
  const catchers = fields.list('Catch').map((catcher, i): Catcher => {
    catcher.string('Comment');
    const parsed = {
      errorEquals: catcher.strings('ErrorEquals') ?? [],
      next: catcher.requiredString('Next'),
      flow: parseFlow(catcher, language, {
        resultPath: true,
        assign: true,
        produced: 'errorOutput',
        locationPrefix: `Catch[${i}]/`,
      }),
    };
    if (!catcher.has('ErrorEquals')) catcher.missing('ErrorEquals');
    catcher.finish();
    return parsed;
  });
  checkWildcards(fields, 'Catch', catchers);
  return catchers;
}

/** Whether Retry or Catch is an empty array, which is allowed and has no effect. */
function isEmpty(fields: Fields, name: string): boolean {
  const value = fields.take(name);
  return Array.isArray(value) && value.length === 0;
}

/** `States.ALL` must be the only name in its entry, and the entry must be the last. */
function checkWildcards(
  fields: Fields,
  name: string,
  entries: readonly { readonly errorEquals: readonly string[] }[],
) {
  entries.forEach(({ errorEquals }, i) => {
    if (errorEquals.includes('States.ALL') && (errorEquals.length > 1 || i < entries.length - 1)) {
      fields.problem('States.ALL must appear alone and in the last entry', `${name}[${i}]/ErrorEquals`);
    }
  });
}
