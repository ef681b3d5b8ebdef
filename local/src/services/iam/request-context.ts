/** Values of the condition keys of a request; keys that are absent are not in the map. */
export type RequestContext = Readonly<Record<string, string | readonly string[]>>;

/** The values of a condition key, whose name does not depend on case; undefined when the request has it not. */
export function lookUp(context: RequestContext, key: string): readonly string[] | undefined {
  const found = Object.entries(context).find(([name]) => name.toLowerCase() === key.toLowerCase());
  return found === undefined ? undefined : [found[1]].flat();
}

/** Condition keys of the tags in a request. */
export function tagContext(tags: readonly (readonly [key: string, value: string])[]): RequestContext {
  return {
    ...(tags.length > 0 && { 'aws:TagKeys': tags.map(([key]) => key) }),
    ...Object.fromEntries(tags.map(([key, value]) => [`aws:RequestTag/${key}`, value])),
  };
}

/** Puts in policy variables such as `${aws:PrincipalAccount}`. One without a value stays, and so matches nothing. */
export function fillIn(pattern: string, context: RequestContext): string {
  return pattern.replace(/\$\{([^}]+)\}/g, (variable, name: string) => {
    const values = lookUp(context, name.trim());
    return values?.length === 1 ? String(values[0]) : variable;
  });
}
