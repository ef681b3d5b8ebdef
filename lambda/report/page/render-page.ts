import { type Content, html, jsonInScript, type Markup } from '../../../local/src/markup/markup';
import { htmlPage, type PageAssets } from '../../../local/src/markup/page';
import type { Chart } from '../charts/chart';
import { reportCharts } from '../charts/report-charts';
import type { Report } from '../report-data';
import { evaluationSection } from './evaluation-section';
import { figure, legend, linesLegend } from './figure';
import { hyperparameters } from './hyperparameters';
import { jobsSection } from './jobs-section';
import { overview } from './overview';
import { packed } from './page-data';

/** Renders `report.html`. The page is self-contained, and shows everything without JavaScript. */
export function renderPage(report: Report, assets: PageAssets): string {
  const charts = reportCharts(report);
  return htmlPage(
    {
      ...assets,
      title: `${report.search.name} – tuning report`,
      className: report.jobs.length > 200 ? 'many' : undefined,
    },
    html`<a class="skip" href="#jobs">Skip to the jobs</a>
${overview(report, charts)}
${evaluationSection(report, charts.calibration)}
${hyperparameters(report, charts.definitions)}
${training(report, charts.curves && figure(charts.curves, 1120, curvesLegend))}
${charts.timeline && html`<section>${figure(charts.timeline, 1120, timelineLegend(report))}</section>`}
${
  charts.features.length > 0 &&
  html`<section aria-labelledby="features"><h2 id="features">Feature importance of the final model</h2><div class="columns">${charts.features.map((chart) => figure(chart, 540))}</div></section>`
}
${jobsSection(report)}
${tuningJobs(report)}
${warmStart(report, charts.parents)}
${missing(report)}
</main>
<p id="announcement" class="hidden" aria-live="polite"></p>
<script type="application/json" id="data">${jsonInScript(packed(report))}</script>`,
  );
}

const curvesLegend = legend([
  ['curve r0', 'best job, validation'],
  ['curve r0 train', 'best job, train'],
  ['curve r1', 'next best jobs'],
]);

function timelineLegend({ jobs }: Report): Markup {
  const known = ['Completed', 'Stopped', 'Failed', 'InProgress'];
  const statuses = known.filter((status) => jobs.some((job) => job.status === status));
  return legend(statuses.map((status) => [`legend-bar status-${status.toLowerCase()}`, status]));
}

function training(report: Report, curves: Content): Content {
  const notice = curves === undefined ? report.learningCurvesNotice : undefined;
  if (curves === undefined && notice === undefined) return undefined;
  return html`<section aria-labelledby="training"><h2 id="training">Training</h2>${curves}${notice !== undefined && html`<p class="note">${notice}</p>`}</section>`;
}

/** The names of all tuning jobs, if the search ran several. */
function tuningJobs({ search: { name, earlierTuningJobs: earlier = [] } }: Report): Content {
  if (earlier.length === 0) return undefined;
  return html`<section aria-labelledby="tuning-jobs"><h2 id="tuning-jobs">Tuning jobs</h2><p>The search ran ${earlier.length + 1} tuning jobs, one after the other: ${[...earlier, name].map((each, index) => html`${index > 0 && ', '}<bdi>${each}</bdi>`)}.</p></section>`;
}

function warmStart({ search: { warmStart: start } }: Report, charts: readonly Chart[]): Content {
  if (!start) return undefined;
  return html`<section><h2>Warm start</h2><p>The search used the results of ${start.parents.map((name, index) => html`${index > 0 && ', '}<bdi>${name}</bdi>`)}${start.type !== undefined && ` (${start.type})`}.</p>${charts.map((chart) => figure(chart, 1120, linesLegend(false)))}</section>`;
}

/** Lists the data that could not be read. */
function missing({ notices }: Report): Content {
  if (notices.length === 0) return undefined;
  return html`<section aria-labelledby="missing"><h2 id="missing">Missing from this report</h2><ul>${notices.map((notice) => html`<li>${notice}</li>`)}</ul></section>`;
}
