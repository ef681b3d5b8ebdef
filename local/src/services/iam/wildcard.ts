/** The patterns of a template are few, and each is asked for every object of a channel. */
const compiled = new Map<string, RegExp>();

/** Whether a text matches a pattern of IAM: `*` stands for any characters, `?` for one. */
export function matchesWildcard(pattern: string, text: string): boolean {
  const known = compiled.get(pattern);
  if (known !== undefined) {
    return known.test(text);
  }
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  const expression = new RegExp(`^${source}$`, 's');
  compiled.set(pattern, expression);
  return expression.test(text);
}
