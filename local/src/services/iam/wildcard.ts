import { ANY, matchesCharacters, ONE, type WildcardPattern } from '../../wildcard';

/** The patterns of a template are few, and each is asked for every object of a channel. */
const parsed = new Map<string, WildcardPattern>();

/** Whether a text matches a pattern of IAM: `*` stands for any characters, `?` for one. */
export function matchesWildcard(pattern: string, text: string): boolean {
  const known =
    parsed.get(pattern) ?? pattern.split('').map((each) => (each === '*' ? ANY : each === '?' ? ONE : each));
  parsed.set(pattern, known);
  return matchesCharacters(known, text);
}
