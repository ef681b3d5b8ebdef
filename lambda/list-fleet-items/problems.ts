/** Maximum number of problems in an error message. */
export const MAX_PROBLEMS = 20;

/** The message of an error that lists problems with items. */
export function messageOf(problems: readonly string[]): string {
  const more = problems.length > MAX_PROBLEMS ? ['more problems are not listed'] : [];
  return [...problems.slice(0, MAX_PROBLEMS), ...more].join('; ');
}
