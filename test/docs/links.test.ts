import { existsSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { PAGES, PROJECT, readPage, withoutCode } from './pages';

/** Matches inline links, images, reference definitions and bare URLs. */
const LINK = /\]\(<?([^)\s>]+)>?(?: "[^"]*")?\)|^\[[^\]]+\]: (\S+)$|<(https?:[^>\s]+)>/gm;

/** The anchor that GitHub generates for a heading. */
function anchorOf(heading: string): string {
  return heading
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/[`*]|(?<=\W)_|_(?=\W)/g, '')
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .replace(/\s/g, '-');
}

/** The anchors of a page. The second of two identical headings gets the suffix `-1`. */
function anchorsOf(page: string): ReadonlySet<string> {
  const found = new Map<string, number>();
  const anchors = new Set<string>();
  for (const [, heading = ''] of readPage(page)
    .replace(/^```.*?^```/gms, '')
    .matchAll(/^#{1,6} (.*)$/gm)) {
    const anchor = anchorOf(heading);
    const times = found.get(anchor) ?? 0;
    found.set(anchor, times + 1);
    anchors.add(times === 0 ? anchor : `${anchor}-${times}`);
  }
  return anchors;
}

/** The problem with a link of a page, if any. */
function problemWith(page: string, link: string): string | undefined {
  if (/^[a-z]+:/.test(link)) return externalProblem(link);
  const [path = '', anchor] = link.split('#');
  const target = path === '' ? page : relative(PROJECT, join(PROJECT, dirname(page), path));
  if (target.startsWith('..') || !existsSync(join(PROJECT, target))) return 'no such file';
  if (anchor === undefined) return undefined;
  if (statSync(join(PROJECT, target)).isDirectory() || !target.endsWith('.md')) return 'not a page';
  return anchorsOf(target).has(anchor) ? undefined : 'no such heading';
}

/** The problem with the syntax of a URL, if any. Does not send a request. */
function externalProblem(link: string): string | undefined {
  if (!URL.canParse(link)) return 'not a URL';
  const { protocol, hostname } = new URL(link);
  if (protocol === 'mailto:') return undefined;
  if (protocol !== 'https:') return 'not https';
  return /^[a-z0-9-]+(?:\.[a-z0-9-]+)+$/.test(hostname) ? undefined : 'no host name';
}

function brokenLinks(page: string): string[] {
  const links = [...withoutCode(readPage(page)).matchAll(LINK)].map(([, inline, reference, bare]) =>
    String(inline ?? reference ?? bare),
  );
  return links.flatMap((link) => {
    const problem = problemWith(page, link);
    return problem === undefined ? [] : [`${link}: ${problem}`];
  });
}

test.each(PAGES)('the links of %s resolve', (page) => {
  expect(brokenLinks(page)).toEqual([]);
});

test.each([
  ['docs/no-such-page.md', 'no such file'],
  ['docs/deploying.md#no-such-heading', 'no such heading'],
  ['#no-such-heading', 'no such heading'],
  ['docs#quotas', 'not a page'],
  ['../outside.md', 'no such file'],
  ['http://example.com/', 'not https'],
  ['https://example/', 'no host name'],
])('%s would be found', (link, problem) => {
  expect(problemWith('README.md', link)).toBe(problem);
});

test('the anchors are those that GitHub generates for the headings', () => {
  expect(anchorOf('Resume after Ctrl-C, a crash or kill -9')).toBe('resume-after-ctrl-c-a-crash-or-kill--9');
  expect(anchorOf('`automl`')).toBe('automl');
  expect(anchorOf('`kms:CreateGrant` has no condition')).toBe('kmscreategrant-has-no-condition');
});

test('docs/README.md links to all pages of docs/', () => {
  const index = readPage('docs/README.md');
  const pages = PAGES.filter((page) => /^docs\/[^/]+\.md$/.test(page) && page !== 'docs/README.md');
  expect(pages.filter((page) => !index.includes(`](${page.replace('docs/', '')})`))).toEqual([]);
});

test('the README fits on three screens', () => {
  expect(readPage('README.md').trimEnd().split('\n').length).toBeLessThanOrEqual(150);
});
