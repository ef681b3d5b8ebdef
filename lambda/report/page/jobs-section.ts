import { type Content, html, type Markup } from '../../../local/src/markup/markup';
import { count } from '../../shared/format';
import { statusClass } from '../charts/timeline';
import { isWhole, type Job, type Report } from '../report-data';
import { type Column, columnsOf, NAME, STATUS } from './columns';
import { linkTo } from './links';
import { link } from './overview';

/** Maximum number of failure reasons on the page. */
const MOST_REASONS = 20;

/** The table of all jobs, and the failure reasons. Optional end tags are left out, because there can be 750 rows. */
export function jobsSection(report: Report): Content {
  if (report.jobs.length === 0) return undefined;
  const columns = columnsOf(report);
  const noun = report.search.kind === 'AutoML' ? 'candidate' : 'job';
  return html`<section aria-labelledby="jobs"><h2 id="jobs">${isWhole(report.search) && 'All '}${count(report.jobs.length, noun)}</h2>
${failures(report)}
<div id="job-tools"></div>
<div id="compared" aria-live="polite"></div>
<div class="scroll tall" tabindex="0" role="region" aria-label="Table"><table id="job-table">
<thead><tr><th scope="col">#${columns.map(
    ({ title, isText }) => html`<th scope="col"${isText && html` class="t"`}><bdi>${title}</bdi>`,
  )}</thead>
<tbody>${report.jobs.map((job) => row(report, columns, job))}</tbody></table></div></section>`;
}

function row(report: Report, columns: readonly Column[], job: Job): Markup {
  const cells = columns.map(({ title, isText, show }) => {
    const kind = isText && html` class="t${title === STATUS && ` ${statusClass(job.status)}`}"`;
    return html`<td${kind}>${title === NAME ? name(report, job, show(job)) : show(job)}`;
  });
  return html`<tr${job.name === report.bestJob && html` class="best"`}><td>${job.number}${cells}`;
}

function name({ links }: Report, job: Job, text: string): Content {
  return link(linkTo(links, 'job', job.name) ?? linkTo(links, 'log', job.name), text);
}

function failures({ failures: reasons }: Report): Content {
  if (reasons.length === 0) return undefined;
  return html`<details${reasons.length <= 3 && html` open`}><summary>Why jobs failed</summary><ul class="failures">${reasons
    .slice(0, MOST_REASONS)
    .map(
      ({ reason, example, count: times }) =>
        html`<li><b>${count(times, 'job')}</b>, for example <bdi>${example}</bdi><pre>${reason}</pre>`,
    )}</ul>${reasons.length > MOST_REASONS && html`<p>${reasons.length - MOST_REASONS} other reasons are in report.json.</p>`}</details>`;
}
