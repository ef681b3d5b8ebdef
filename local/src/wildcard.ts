/** Stands for any characters, or none. */
export const ANY = Symbol('any');
/** Stands for one character. */
export const ONE = Symbol('one');

/** A pattern, character by character. */
export type WildcardPattern = readonly (string | typeof ANY | typeof ONE)[];

/** A pattern in which `*` stands for any characters, and a backslash before a character for the character itself. */
export function withEscapes(pattern: string): WildcardPattern {
  const tokens = pattern.match(/\\[\s\S]|[\s\S]/g) ?? [];
  return tokens.map((token) => (token === '*' ? ANY : token.slice(-1)));
}

/**
 * Whether a text is as a pattern has it. Takes as many steps as the product of their lengths at most: a regular
 * expression may take its power, as `*a*a*a*b` shows on many letters `a`.
 */
export function matchesCharacters(pattern: WildcardPattern, text: string): boolean {
  let at = 0;
  let position = 0;
  // Where the last ANY is, and where the text after it has been tried.
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
