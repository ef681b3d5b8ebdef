import { buildTuningReport } from '../../lambda/report/build-report';
import { linkTo } from '../../lambda/report/page/links';
import { packed, unpacked } from '../../lambda/report/page/page-data';
import { formatNumber } from '../../lambda/shared/format';
import { html, jsonInScript } from '../../local/src/markup/markup';
import { pageOf } from './page-assets';
import {
  classifiedRun,
  defaultRun,
  evaluatedRun,
  HOSTILE_TEXTS,
  hostileSearch,
  largeSearch,
  oddSearches,
} from './searches';

/** The HTML of a page without its style sheet, script and data. */
function markupOf(page: string): string {
  return page.replace(/<style>[\s\S]*?<\/style>|<script[^>]*>[\s\S]*?<\/script>/g, '');
}

test.each<[string, ReturnType<typeof defaultRun>]>([
  ['the default run', defaultRun()],
  ['an evaluated run', evaluatedRun()],
  ['a run evaluated with classes', classifiedRun()],
  ['hostile texts', hostileSearch()],
  ...Object.entries(oddSearches()),
])(
  'a page loads nothing, runs only its own script, and has no invalid numbers in its charts: %s',
  (_case, input) => {
    const page = pageOf(input);
    expect(page.match(/<script\b[^>]*>/g)).toEqual([
      '<script type="application/json" id="data">',
      '<script>',
    ]);
    const active = /<(script|img|iframe|object|embed|link|base|form)\b[^>]*>|<[^>]*\s(on\w+|style)\s*=/i;
    expect(active.exec(markupOf(page))?.[0]).toBeUndefined();
    expect(
      / (d|c?[xy]|r|width|height|viewBox)="[^"]*(NaN|undefined|Infinity)|\[object/.exec(markupOf(page))?.[0],
    ).toBeUndefined();
  },
);

test("the Content-Security-Policy of a page allows only the page's own script and styles", () => {
  const [, policy] = /Content-Security-Policy" content="([^"]*)"/.exec(pageOf(defaultRun())) ?? [];
  expect(policy?.replace(/sha256-[\w+/=]{44}/g, 'HASH')).toBe(
    'default-src &#39;none&#39;; script-src &#39;HASH&#39;; style-src &#39;HASH&#39;; base-uri &#39;none&#39;; form-action &#39;none&#39;',
  );
});

test.each([
  [9, 1_000_000],
  [30, 1_500_000],
])('the page of 750 jobs with %d hyperparameters has less than %d bytes', (hyperparameters, limit) => {
  const links = {
    job: `https://us-east-1.console.aws.amazon.com/sagemaker/home?region=us-east-1#/jobs/{name}`,
  };
  expect(Buffer.byteLength(pageOf({ ...largeSearch(750, hyperparameters), links }))).toBeLessThan(limit);
});

test('without JavaScript, the page still has every number', () => {
  const page = markupOf(pageOf(defaultRun()));
  for (const { value = 0, hyperparameters, metrics } of buildTuningReport(defaultRun()).jobs) {
    for (const number of [value, ...Object.values(metrics), ...Object.values(hyperparameters).map(Number)]) {
      expect(page).toContain(`>${formatNumber(number)}<`);
    }
  }
});

test.each([
  ['the default run', defaultRun()],
  ['hostile texts', hostileSearch()],
  ['warm start', oddSearches()['five parents'] ?? defaultRun()],
])("the data for the page's script contains all jobs: %s", (_case, input) => {
  const { reading: _reading, failures: _failures, ...report } = buildTuningReport(input);
  const there = unpacked(JSON.parse(String(jsonInScript(packed({ ...report, reading: [], failures: [] })))));
  const isShort = (text: string | undefined) => (text ?? '').length <= 200;
  expect(there.jobs.map(({ number, value }) => [number, value])).toEqual(
    report.jobs.map(({ number, value }) => [number, value]),
  );
  for (const [index, job] of report.jobs.entries()) {
    if ([...Object.values(job.hyperparameters), job.failureReason, job.name].every(isShort)) {
      expect(there.jobs[index]).toEqual(job);
    }
  }
});

test.each(HOSTILE_TEXTS)('%j is escaped', (text) => {
  const markup = html`<p title="${text}">${text}</p>`.toString();
  expect(markup.replace(/^<p title="|">|<\/p>$/g, '')).not.toMatch(/[<>"']|&(?!amp;|lt;|gt;|quot;|#39;)/);
  expect(JSON.parse(String(jsonInScript(text)))).toBe(text);
  expect(String(jsonInScript(text))).not.toMatch(/[<>&\u2028\u2029]/);
});

test.each([
  ['https://console/{name}', 'a/b c', 'https://console/a%2Fb%20c'],
  ['../logs/{name}.log', 'job', '../logs/job.log'],
  ['file:///tmp/{name}', 'job', 'file:///tmp/job'],
  ['javascript:alert({name})', 'job', undefined],
  [' javascript:alert()', 'job', undefined],
  ['data:text/html,{name}', 'job', undefined],
  ['//host/{name}', 'job', undefined],
])('the link %s', (template, name, href) => {
  expect(linkTo({ job: template }, 'job', name)).toBe(href);
});

test('without JavaScript, the page still has the evaluation: metrics, gate and version', () => {
  const text = markupOf(pageOf(evaluatedRun()))
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ');
  for (const part of [
    'Metrics of 1234 rows, with 95% confidence intervals',
    'rmse 0.41235 0.391–0.433 1.234 lower',
    'r2 undefined: all labels of the test data are equal higher',
    '95 % below 0.45',
    'Quality gate Not passed',
    'rmse is at most 0.3 ✗ not passed rmse is 0.412, the gate allows at most 0.3',
    'rmse is better than the baseline ✓ passed',
    'Version 3 of the group prices Rejected arn:aws:sagemaker:eu-west-1:123456789012:model-package/prices/3',
  ]) {
    expect(text).toContain(part);
  }
});
