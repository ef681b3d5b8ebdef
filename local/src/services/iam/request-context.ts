/** The condition keys that a request has, with their values. */
export type RequestContext = Readonly<Record<string, string | readonly string[]>>;

/**
 * The values of a condition key; undefined if the request lacks the key. Names of condition keys are case-insensitive.
 */
export function lookUp(context: RequestContext, key: string): readonly string[] | undefined {
  const found = Object.entries(context).find(([name]) => name.toLowerCase() === key.toLowerCase());
  return found === undefined ? undefined : [found[1]].flat();
}

/** Condition keys for the tags in a request. */
export function tagContext(tags: readonly (readonly [key: string, value: string])[]): RequestContext {
  return {
    ...(tags.length > 0 && { 'aws:TagKeys': tags.map(([key]) => key) }),
    ...Object.fromEntries(tags.map(([key, value]) => [`aws:RequestTag/${key}`, value])),
  };
}

/**
 * Replaces policy variables such as `${aws:PrincipalAccount}`. A variable without a value stays as it is, so
 * that it matches nothing.
 */
export function fillIn(pattern: string, context: RequestContext): string {
  return pattern.replace(/\$\{([^}]+)\}/g, (variable, name: string) => {
    const values = lookUp(context, name.trim());
    return values?.length === 1 ? String(values[0]) : variable;
  });
}
