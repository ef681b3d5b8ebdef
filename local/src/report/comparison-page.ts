import { type Content, html, type Markup } from '../markup/markup';
import { htmlPage } from '../markup/page';
import { bestSoFarChart, LINE_COLORS } from './best-so-far-chart';
import { formatEstimate, formatHyperparameter, formatMetric } from './format';
import { htmlTable } from './html-table';
import { counterpartOf } from './job-metrics';
import type { ReportData, ReportDefinition, ReportJob } from './report-files';

/** A search and its report. */
export interface ComparedSearch {
  /** The name that the user gave for the search. */
  readonly label: string;
  readonly report: ReportData;
  /** Link to the search's report page. */
  readonly link: string;
}

const CSS = `
:root{color-scheme:light dark;--text:#1c1e21;--muted:#5b6068;--line:#c9cdd3;--back:#fff}
@media (prefers-color-scheme:dark){:root{--text:#e8eaed;--muted:#a5abb3;--line:#4a4f57;--back:#17191c}}
body{font:16px/1.5 system-ui,sans-serif;color:var(--text);background:var(--back);max-width:70rem;margin:0 auto;padding:1rem}
h1{font-size:1.5rem}h2{font-size:1.2rem;margin-top:2rem}
.scroll{overflow-x:auto}table{border-collapse:collapse}
th,td{text-align:left;vertical-align:top;padding:.3rem .8rem .3rem 0;border-bottom:1px solid var(--line);overflow-wrap:anywhere}
th,td{min-width:8rem}.muted{color:var(--muted)}a{color:inherit}svg{width:100%;height:auto}
svg text{fill:var(--text);font-size:13px}.axis{stroke:var(--line)}
${LINE_COLORS.map(([light], i) => `.line${i}{stroke:${light}}.mark${i}{color:${light}}`).join('')}
@media (prefers-color-scheme:dark){${LINE_COLORS.map(([, dark], i) => `.line${i}{stroke:${dark}}.mark${i}{color:${dark}}`).join('')}}
`;

/**
 * Renders a page that compares searches. It needs no JavaScript and no network. Text from jobs is escaped.
 */
export function renderComparison(searches: readonly ComparedSearch[]): string {
  const metrics = [...new Set(searches.map(({ report }) => report.objective.metric))];
  return htmlPage(
    { title: `Comparison of ${searches.length} searches`, css: CSS },
    html`<main>
<h1>Comparison of ${searches.length} searches</h1>
${metrics.length > 1 && html`<p>These searches have different objectives. Their values cannot be compared with each other.</p>`}
<h2>Winners</h2>
${winners(searches)}
${metrics.map((metric) => chartOf(metric, searches))}
<h2>Ranges, and the values of the winners</h2>
${ranges(searches)}
</main>`,
  );
}

/** The search's own training jobs, without those of warm-start parents. */
export function ownJobs({ jobs, search }: ReportData): ReportJob[] {
  return jobs.filter((job) => job.search === search.name);
}

/** The best of the search's own training jobs. */
function winnerOf(report: ReportData): ReportJob | undefined {
  const sign = report.objective.type === 'Maximize' ? -1 : 1;
  const [best] = ownJobs(report)
    .filter(({ value, status }) => value !== undefined && status !== 'Failed')
    .sort((one, other) => sign * ((one.value ?? 0) - (other.value ?? 0)));
  return best;
}

function winners(searches: readonly ComparedSearch[]): Markup {
  const isEvaluated = searches.some(({ report }) => report.evaluation);
  const rows = searches.map(({ label, report, link }, i): Content[] => {
    const { search, objective } = report;
    const jobs = ownJobs(report);
    const best = winnerOf(report);
    const metrics = Object.entries(best?.metrics ?? {}).map(([MetricName, Value]) => ({ MetricName, Value }));
    const counterpart = counterpartOf(objective.metric, metrics);
    const failed = jobs.filter(({ status }) => status === 'Failed').length;
    return [
      html`<span class="mark${i % LINE_COLORS.length}" aria-hidden="true">■</span> <a href="${link}"><bdi>${label}</bdi></a>`,
      [search.strategy, search.status].filter((text) => text !== undefined).join(', '),
      `${jobs.length}${failed > 0 ? `, ${failed} failed` : ''}`,
      `${objective.metric} ${formatMetric(best?.value) || 'none'}`,
      counterpart && `${counterpart.MetricName} ${formatMetric(counterpart.Value)}`,
      best?.name,
      ...(isEvaluated ? [onTestData(report)] : []),
    ];
  });
  return htmlTable(
    'Winners',
    [
      ...['Search', 'Status', 'Training jobs', 'Best objective', 'Same metric on other data', 'Best job'],
      ...(isEvaluated ? ['Final model on test data'] : []),
    ],
    rows,
  );
}

/** The first metric of the evaluation that has a value, and the decision of the quality gate. */
function onTestData({ evaluation, gate }: ReportData): string | undefined {
  const [name, metric] =
    Object.entries(evaluation?.metrics ?? {}).find(([, { value }]) => value !== null) ?? [];
  if (name === undefined || metric?.value == null) return undefined;
  const decision = gate ? `, gate ${gate.passed ? 'passed' : 'not passed'}` : '';
  return `${name} ${formatEstimate(metric.value, metric)}${decision}`;
}

function chartOf(metric: string, searches: readonly ComparedSearch[]): Markup {
  const lines = searches.flatMap(({ label, report }, index) => {
    if (report.objective.metric !== metric) return [];
    const values = ownJobs(report).map(({ value, status }) => (status === 'Failed' ? undefined : value));
    return [{ label, index, values, isMaximized: report.objective.type === 'Maximize' }];
  });
  return html`<h2>Best <bdi>${metric}</bdi> so far</h2>
${bestSoFarChart(metric, lines)}`;
}

/** One row per hyperparameter, one column per search. */
function ranges(searches: readonly ComparedSearch[]): Markup {
  const names = [
    ...new Set(
      searches.flatMap(({ report }) =>
        ownDefinitions(report).flatMap((each) => each.ranges.map(({ name }) => name)),
      ),
    ),
  ];
  const rows = names.map((name) => [
    name,
    ...searches.map(({ report }) => {
      const value = winnerOf(report)?.hyperparameters[name];
      const texts = ownDefinitions(report).flatMap((definition) => rangeText(definition, name));
      return [
        ...(value === undefined ? [] : [html`<strong>${formatHyperparameter(value)}</strong>`]),
        ...texts.map((text) => html`<span class="muted">${text}</span>`),
      ].map((line, i) => html`${i > 0 && html`<br>`}${line}`);
    }),
  ]);
  return htmlTable('Ranges', ['Hyperparameter', ...searches.map(({ label }) => label)], rows);
}

function ownDefinitions({ definitions, search }: ReportData): readonly ReportDefinition[] {
  return definitions.filter((each) => each.search === search.name);
}

function rangeText({ name: definition, ranges: all }: ReportDefinition, name: string): string[] {
  const range = all.find((each) => each.name === name);
  if (range === undefined) return [];
  const values = range.values ? range.values.join(', ') : `${range.min} to ${range.max}, ${range.scaling}`;
  return [definition === undefined ? values : `${definition}: ${values}`];
}
