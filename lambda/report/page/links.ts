import type { Links } from '../report-data';

/** Where a link leads, for a job; `undefined` for what a page must not lead to, such as `javascript:`. */
export function linkTo(links: Links, kind: keyof Links, name = ''): string | undefined {
  const template = links[kind];
  if (template === undefined || !/^(https?:\/\/|file:\/\/|\.{1,2}\/)/.test(template)) return undefined;
  return template.replaceAll('{name}', encodeURIComponent(name.replace(/\p{Surrogate}/gu, '\ufffd')));
}
