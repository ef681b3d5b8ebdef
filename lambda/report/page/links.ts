import type { Links } from '../report-data';

/** URL of a link for a job; `undefined` if the URL's scheme, such as `javascript:`, is not allowed. */
export function linkTo(links: Links, kind: keyof Links, name = ''): string | undefined {
  const template = links[kind];
  if (template === undefined || !/^(https?:\/\/|file:\/\/|\.{1,2}\/)/.test(template)) return undefined;
  return template.replaceAll('{name}', encodeURIComponent(name.replace(/\p{Surrogate}/gu, '\ufffd')));
}
