import { ANY, matchesCharacters, ONE, type WildcardPattern } from '../../wildcard';

/** Caches parsed patterns: a template has few patterns, but each is matched against every object of a channel. */
const parsed = new Map<string, WildcardPattern>();

/** Whether a string matches an IAM pattern: `*` matches any characters, and `?` matches one character. */
export function matchesWildcard(pattern: string, text: string): boolean {
  const known =
    parsed.get(pattern) ?? pattern.split('').map((each) => (each === '*' ? ANY : each === '?' ? ONE : each));
  parsed.set(pattern, known);
  return matchesCharacters(known, text);
}
