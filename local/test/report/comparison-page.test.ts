import { createHash } from 'node:crypto';
import { bestSoFar, bestSoFarChart } from '../../src/report/best-so-far-chart';
import { renderComparison } from '../../src/report/comparison-page';
import type { ReportJob } from '../../src/report/report-files';
import { HOSTILE, search } from './compared-search';

/** The cells of a page's tables, by row. */
function cellsOf(page: string): string[][] {
  return [...page.matchAll(/<tr>(.*?)<\/tr>/gs)].map(([, row]) =>
    [...String(row).matchAll(/<t[hd][^>]*>(.*?)<\/t[hd]>/gs)].map(([, cell]) =>
      String(cell)
        .replace(/<br>/g, ' | ')
        .replace(/<[^>]+>/g, ''),
    ),
  );
}

test('one table compares the best jobs of the searches and their ranges', () => {
  const page = renderComparison([
    search(),
    search({
      label: 'second',
      values: [0.5, 0.1],
      ranges: [{ name: 'depth', scaling: 'Linear', min: 1, max: 9 }],
    }),
  ]);
  expect(cellsOf(page)).toEqual([
    ['Search', 'Status', 'Training jobs', 'Best objective', 'Same metric on other data', 'Best job'],
    [
      '■ first',
      'Bayesian, Completed',
      '4, 1 failed',
      'validation:rmse 0.20000',
      'train:rmse 0.10000',
      'first-2',
    ],
    ['■ second', 'Bayesian, Completed', '2', 'validation:rmse 0.10000', 'train:rmse 0.05000', 'second-2'],
    ['Hyperparameter', 'first', 'second'],
    ['eta', '0.2111 | 0.01 to 0.3, Logarithmic', '0.2111'],
    ['depth', '', '1 to 9, Linear'],
  ]);
  expect(page.match(/<svg/g)).toHaveLength(1);
  expect(page).toContain('href="second/report.html"');
});

test('the table shows the evaluation of each final model on test data', () => {
  const metric = { value: 0.25, lower: 0.2, upper: 0.3 };
  const none = { value: null, lower: null, upper: null };
  const page = renderComparison([
    search({
      evaluated: { evaluation: { metrics: { rmse: metric, mae: metric } }, gate: { passed: false } },
    }),
    search({
      label: 'second',
      evaluated: { evaluation: { metrics: { auc: none, recall: { ...none, value: 1 } } } },
    }),
    search({ label: 'third' }),
  ]);
  expect(
    cellsOf(page)
      .slice(0, 4)
      .map((row) => row.at(-1)),
  ).toEqual([
    'Final model on test data',
    'rmse 0.25000 (0.20000 to 0.30000), gate not passed',
    'recall 1.00000',
    '',
  ]);
});

test('searches with different objectives get separate charts', () => {
  const page = renderComparison([
    search(),
    search({ label: 'second', metric: 'validation:auc', type: 'Maximize' }),
  ]);
  expect(page).toContain('cannot be compared');
  expect(page.match(/<svg/g)).toHaveLength(2);
  // For this metric, the highest value is the best.
  expect(cellsOf(page)[2]?.[3]).toBe('validation:auc 0.30000');
});

test('jobs of earlier searches and failed jobs are never the best', () => {
  const job = (name: string, change: object) =>
    ({ ...search().report.jobs[0], name, value: 0.0001, ...change }) as ReportJob;
  const more = [job('old', { search: 'parent' }), job('failed', { status: 'Failed' })];
  const row = cellsOf(renderComparison([search({ more }), search({ label: 'second' })]))[1];
  expect(row?.slice(2, 4)).toEqual(['5, 2 failed', 'validation:rmse 0.20000']);
});

test.each([
  ['no jobs', []],
  ['all failed', [undefined, undefined]],
  ['one job', [0.5]],
  ['a constant objective', [0.5, 0.5, 0.5]],
])('a search with %s is shown', (_, values) => {
  const page = renderComparison([search({ values }), search({ label: 'second', values })]);
  expect(page).not.toMatch(/NaN|Infinity|undefined/);
});

test('text from jobs is escaped: nothing runs and nothing is loaded', () => {
  const page = renderComparison([
    search({
      label: HOSTILE,
      metric: HOSTILE,
      ranges: [{ name: HOSTILE, scaling: HOSTILE, values: [HOSTILE] }],
    }),
    search({ label: 'x'.repeat(2500) }),
  ]);
  expect(page).not.toMatch(/<script|\son\w+=|https?:\/\/|<img|<link|<iframe/);
  expect(page.match(/&lt;script&gt;/g)?.length).toBeGreaterThan(5);
  const [, css = ''] = /<style>(.*?)<\/style>/s.exec(page) ?? [];
  const hash = createHash('sha256').update(css).digest('base64');
  const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(page)?.[1];
  expect(policy?.replaceAll('&#39;', "'")).toContain(`default-src 'none'; style-src 'sha256-${hash}'`);
  expect(page).not.toMatch(/style="/);
});

test('control characters, which are invalid in HTML, are replaced as in the report', () => {
  const page = renderComparison([search({ label: 'a\u0000b\u001bc\ud800' }), search()]);
  expect(page).toContain('a\ufffdb\ufffdc\ufffd');
});

test.each([
  [
    [3, undefined, 2, 4, 1],
    false,
    [
      [1, 3],
      [3, 2],
      [5, 1],
    ],
  ],
  [
    [1, 3, 2],
    true,
    [
      [1, 1],
      [2, 3],
    ],
  ],
  [[undefined], false, []],
])('the best values so far of %j (maximized: %s) are %j', (values, isMaximized, expected) => {
  expect(bestSoFar({ values, isMaximized })).toEqual(expected);
});

test('the lines of a chart can be distinguished without color', () => {
  const lines = [0, 1, 2, 3].map((index) => ({
    label: `${index}`,
    index,
    values: [1, 0],
    isMaximized: false,
  }));
  const dashes = [
    ...bestSoFarChart('loss', lines)
      .toString()
      .matchAll(/stroke-dasharray="([^"]*)"/g),
  ].map(([, dash]) => dash);
  expect(new Set(dashes).size).toBe(4);
});
