import { type Content, html, type Markup } from '../../../local/src/markup/markup';
import { count, formatNumber, formatSeconds, formatShare, formatTime } from '../../shared/format';
import { objectiveLabel } from '../charts/chart';
import { groupsOf } from '../charts/groups';
import type { ReportCharts } from '../charts/report-charts';
import { evaluationSummary } from '../reading-evaluation';
import { type Difference, isWhole, type Job, type Report, type Sentence } from '../report-data';
import { shortName } from './columns';
import { figure, legend } from './figure';
import { linkTo } from './links';

/** The first section of the page: the search, its result, and an explanation of the numbers. */
export function overview(report: Report, charts: ReportCharts): Markup {
  const best = report.jobs.find(({ name }) => name === report.bestJob);
  const groups = groupsOf(report);
  return html`<header>
<p class="kind">${report.search.kind === 'AutoML' ? 'AutoML report' : 'Tuning report'}</p>
<h1><bdi>${link(linkTo(report.links, 'search', report.search.name), report.search.name)}</bdi>
<span class="status status-${report.search.status.toLowerCase()}">${report.search.status}</span></h1>
<p class="meta">${searchFacts(report).join(' · ')}</p>
${onTestData(report)}
</header>
<main id="main">
<section class="overview" aria-label="Overview">
<div class="answer">${best ? answer(report, best) : html`<h2>No best job</h2>`}${finalModel(report)}</div>
<div>${figure(
    charts.objective,
    720,
    legend([
      ...(groups.length > 1
        ? groups.map(({ className, label }) => [`dots ${className}`, label] as const)
        : [['dots g0', 'a job'] as const]),
      ['best-so-far', 'best so far'],
      ...(report.jobs.some(({ value }) => value === undefined)
        ? [['failed-marks', 'no value'] as const]
        : []),
    ]),
  )}</div>
</section>
${reading(report.reading)}`;
}

function searchFacts({ search, jobs, createdAt }: Report): string[] {
  const own = jobs.filter((job) => job.search === search.name);
  const noun = search.kind === 'AutoML' ? 'candidate' : 'job';
  const counts = ['Completed', 'Stopped', 'Failed', 'InProgress'].flatMap((status) => {
    const number = own.filter((job) => job.status === status).length;
    return number > 0 && number < own.length
      ? [`${formatNumber(number)} ${status === 'InProgress' ? 'running' : status.toLowerCase()}`]
      : [];
  });
  const seconds =
    search.createdAt && search.endedAt
      ? (Date.parse(search.endedAt) - Date.parse(search.createdAt)) / 1000
      : undefined;
  return [
    ...(search.strategy ? [`${search.strategy} search`] : []),
    count(own.length, noun) +
      (isWhole(search) ? '' : ' in this report') +
      (counts.length > 0 ? ` (${counts.join(', ')})` : ''),
    ...(seconds === undefined ? [] : [`took ${formatSeconds(seconds)}`]),
    ...(search.createdAt ? [`started ${formatTime(search.createdAt)}`] : []),
    `report of ${formatTime(createdAt)}`,
  ];
}

function answer(report: Report, best: Job & { value?: number }): Markup {
  const { comparison } = report;
  const others = Object.entries(best.metrics).filter(([name]) => name !== report.objective.metric);
  return html`<h2>Best ${objectiveLabel(report)}</h2>
<p class="value">${best.value === undefined ? '' : formatNumber(best.value)}</p>
<p>Job ${best.number}, <bdi>${link(linkTo(report.links, 'job', best.name), shortName(best))}</bdi>${
    best.definition !== undefined && html`, definition <bdi>${best.definition}</bdi>`
  }</p>
${
  comparison &&
  html`<dl class="stats">${[
    stat('Against the first', comparison.first),
    stat('Against the median', comparison.median),
    stat('Against the second', comparison.second),
  ]}</dl>`
}
${
  others.length > 0 &&
  html`<dl class="metrics">${others
    .slice(0, 6)
    .map(([name, value]) => html`<div><dt>${name}</dt><dd>${formatNumber(value)}</dd></div>`)}</dl>`
}`;
}

function stat(title: string, { difference, share, value }: Difference): Markup {
  const better = share === undefined ? formatNumber(Math.abs(difference)) : formatShare(Math.abs(share));
  const word = difference === 0 ? 'equal' : difference > 0 ? 'better' : 'worse';
  return html`<div><dt>${title}</dt><dd><b>${difference === 0 ? '' : better} ${word}</b> <span>${formatNumber(value)}</span></dd></div>`;
}

function finalModel({ finalModel: model, links }: Report): Content {
  if (!model) return undefined;
  const metrics = Object.entries(model.metrics);
  return html`<h2>Final model</h2>
<p><bdi>${link(linkTo(links, 'job', model.job), model.job)}</bdi> <span class="status status-${model.status.toLowerCase()}">${model.reused ? 'Reused from the best job' : model.status}</span></p>
${
  metrics.length > 0 &&
  html`<dl class="metrics">${metrics
    .slice(0, 6)
    .map(([name, value]) => html`<div><dt>${name}</dt><dd>${formatNumber(value)}</dd></div>`)}</dl>`
}
${model.modelArtifacts !== undefined && html`<p class="uri"><code data-copy>${model.modelArtifacts}</code></p>`}`;
}

/** The evaluation in one sentence, with a link to its section. */
function onTestData(report: Report): Content {
  const summary = evaluationSummary(report);
  return summary === undefined
    ? undefined
    : html`<p class="verdict"><a href="#evaluation">On test data</a>: ${summary}</p>`;
}

const MARKS: Readonly<Record<Sentence['kind'], readonly [sign: string, meaning: string]>> = {
  good: ['✓', 'Good'],
  fact: ['•', 'Fact'],
  advice: ['→', 'Advice'],
  warning: ['!', 'Warning'],
};

function reading(sentences: readonly Sentence[]): Content {
  if (sentences.length === 0) return undefined;
  return html`<section class="reading" aria-labelledby="reading"><h2 id="reading">What the numbers say</h2>
<ul>${sentences.map(({ kind, text }) => {
    const [sign, meaning] = MARKS[kind];
    return html`<li class="${kind}"><span class="sign" role="img" aria-label="${meaning}">${sign}</span><span>${text}</span></li>`;
  })}</ul></section>`;
}

export function link(href: string | undefined, text: string): Content {
  return href === undefined ? text : html`<a href="${href}">${text}</a>`;
}
