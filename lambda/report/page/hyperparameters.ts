import { type Content, html, type Markup } from '../../../local/src/markup/markup';
import { formatNumber, formatValue } from '../../shared/format';
import { MIN_JOBS_FOR_IMPORTANCE } from '../analyses/importance';
import { rankedJobs } from '../analyses/ranking';
import { groupsOf } from '../charts/groups';
import type { DefinitionCharts } from '../charts/report-charts';
import { rangeScale } from '../range-scale';
import type { Definition, Range, Report } from '../report-data';
import { figure, legend, linesLegend } from './figure';

/** For each definition: the best values in their ranges, the importance, and the charts of the hyperparameters. */
export function hyperparameters(report: Report, definitions: readonly DefinitionCharts[]): Content {
  const tuned = definitions.filter(({ definition }) => definition.ranges.length > 0);
  if (tuned.length === 0) return undefined;
  return html`<section aria-labelledby="hyperparameters"><h2 id="hyperparameters">Hyperparameters</h2>
${tuned.map(({ definition, importance, parallel, slices }) => {
  const jobs = rankedJobs(report.jobs).filter(
    (job) => job.search === definition.search && job.definition === definition.name,
  );
  return html`${definition.name !== undefined && html`<h3>Definition <bdi>${definition.name}</bdi></h3>`}
<div class="columns">${bestValues(report, definition)}
<div>${
    importance
      ? figure(importance, 420, legend(importanceLegend(report, definition)))
      : html`<p class="note">${noImportance(definition, jobs.length)}</p>`
  }</div></div>
${
  parallel &&
  figure(
    parallel,
    1120,
    html`${linesLegend(true)}<p class="note only-script">Drag along an axis to choose an interval. With the keyboard: Tab to an axis, then use the arrow keys.</p>`,
  )
}
${
  slices.length > 0 &&
  report.definitions.some(({ search }) => search !== report.search.name) &&
  legend(groupsOf(report).map(({ className, label }) => [`dots ${className}`, label]))
}
<div class="slices">${slices.map((slice) => figure(slice, 360))}</div>`;
})}
</section>`;
}

function importanceLegend(report: Report, { name }: Definition): (readonly [string, string])[] {
  const found = report.importance.find(({ definition }) => definition === name);
  const sure = found?.hyperparameters.filter(({ isBeyondChance }) => isBeyondChance).length ?? 0;
  const all = found?.hyperparameters.length ?? 0;
  return [
    ...(sure > 0 ? [['legend-bar', 'more than chance'] as const] : []),
    ...(sure < all ? [['legend-bar unsure', 'could be chance'] as const] : []),
  ];
}

/** Explains why the report does not show the importance of the hyperparameters. */
function noImportance({ ranges }: Definition, jobs: number): string {
  if (ranges.length < 2) return 'A single hyperparameter has no importance to compare.';
  return jobs < MIN_JOBS_FOR_IMPORTANCE
    ? `The importance of hyperparameters needs ${MIN_JOBS_FOR_IMPORTANCE} jobs with a value; here are ${formatNumber(jobs)}.`
    : 'All jobs are equally good, so no hyperparameter is important.';
}

function bestValues(report: Report, definition: Definition): Content {
  const best = report.jobs.find(({ name }) => name === report.bestJob);
  const isOfBest = best !== undefined && best.definition === definition.name;
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Ranges"><table class="values"><caption>${
    isOfBest ? 'Values of the best job' : 'Ranges'
  }</caption>
<thead><tr><th scope="col">Hyperparameter<th scope="col">${isOfBest && 'Value'}<th scope="col" colspan="2">Range</thead>
<tbody>${definition.ranges.map((range) => {
    const value = isOfBest ? best.hyperparameters[range.name] : undefined;
    return html`<tr><th scope="row"><bdi>${range.name}</bdi><td>${value !== undefined && html`<b>${formatValue(value)}</b>`}<td>${place(range, value)}<td class="t">${limits(range)}`;
  })}${
    isOfBest &&
    Object.entries(definition.staticHyperparameters).map(
      ([name, value]) =>
        html`<tr class="static"><th scope="row"><bdi>${name}</bdi><td>${formatValue(value)}<td><td class="t">fixed`,
    )
  }</tbody></table></div>`;
}

/** Draws the position of a value in its range. */
function place(range: Range, value: string | undefined): Content {
  const at = rangeScale(range, 4, 96).at(value);
  const dot: Markup | undefined =
    at === undefined ? undefined : html`<circle cx="${at.toFixed(1)}" cy="6" r="4"/>`;
  return html`<svg class="range" viewBox="0 0 100 12" width="100" height="12" aria-hidden="true"><path d="M4 6H96"/>${dot}</svg>`;
}

function limits({ kind, scaling, min, max, values = [] }: Range): string {
  if (kind === 'Categorical') return values.join(', ');
  if (min === undefined || max === undefined) return 'chosen by SageMaker';
  const scale = { Linear: '', Logarithmic: ', log scale', ReverseLogarithmic: ', reverse log scale' }[
    scaling
  ];
  return `${formatNumber(min)} to ${formatNumber(max)}${scale}`;
}
