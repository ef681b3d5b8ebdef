/** Matches any number of characters. */
export const ANY = Symbol('any');
/** Matches exactly one character. */
export const ONE = Symbol('one');

/** A pattern, character by character. */
export type WildcardPattern = readonly (string | typeof ANY | typeof ONE)[];

/** Parses a pattern in which `*` matches any number of characters and a backslash escapes the next character. */
export function withEscapes(pattern: string): WildcardPattern {
  const tokens = pattern.match(/\\[\s\S]|[\s\S]/g) ?? [];
  return tokens.map((token) => (token === '*' ? ANY : token.slice(-1)));
}

/**
 * Whether a string matches a pattern. The number of steps is at most the product of the lengths of the string and
 * the pattern. A regular expression can take exponential time, for example `*a*a*a*b` on a long run of `a`.
 */
export function matchesCharacters(pattern: WildcardPattern, text: string): boolean {
  let at = 0;
  let position = 0;
  // Position of the most recent ANY in the pattern, and the end of the text that this ANY matches so far.
  let any = -1;
  let tried = 0;
  while (position < text.length) {
    const part = pattern[at];
    if (part === ANY) {
      any = at++;
      tried = position;
    } else if (part === ONE || part === text[position]) {
      at++;
      position++;
    } else if (any >= 0) {
      at = any + 1;
      position = ++tried;
    } else {
      return false;
    }
  }
  return pattern.slice(at).every((part) => part === ANY);
}
