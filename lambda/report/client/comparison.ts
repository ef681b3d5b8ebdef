import { type Content, html, type Markup } from '../../../local/src/markup/markup';
import { button, fill } from '../../shared/client/dom';
import { formatNumber } from '../../shared/format';
import { durationOf, shortName } from '../page/columns';
import { linkTo } from '../page/links';
import { link } from '../page/overview';
import type { Job } from '../report-data';
import type { State } from './state';

/** Shows the selected jobs side by side. */
export function showComparison(state: State): void {
  const element = document.getElementById('compared');
  if (!element) return;
  const jobs = [...state.selected].flatMap((number) => state.job(number) ?? []);
  if (jobs.length === 0) {
    element.replaceChildren();
    return;
  }
  fill(element, comparison(state, jobs));
  const copy = button('Copy as JSON', () => {
    void navigator.clipboard.writeText(JSON.stringify(jobs, undefined, 2)).then(() => {
      copy.textContent = 'Copied';
    });
  });
  element.querySelector('.actions')?.append(
    copy,
    button('Clear selection', () => state.clearSelection()),
  );
}

function comparison({ report }: State, jobs: readonly Job[]): Markup {
  const names = (field: 'hyperparameters' | 'metrics') => [
    ...new Set(jobs.flatMap((job) => Object.keys(job[field]))),
  ];
  const row = (title: string, read: (job: Job) => string | undefined, marksDifference = true): Markup => {
    const texts = jobs.map((job) => read(job) ?? '');
    const differs = marksDifference && new Set(texts).size > 1;
    return html`<tr${differs && html` class="differs"`}><th scope="row"><bdi>${title}</bdi>${differs && html` <span class="hidden">(differs)</span>`}${texts.map((text) => html`<td class="t"><bdi>${text}</bdi>`)}`;
  };
  const links = (job: Job): Content =>
    (['job', 'log'] as const).map((kind) => {
      const href = linkTo(report.links, kind, job.name);
      return href === undefined ? '' : html`${link(href, kind === 'job' ? 'Console' : 'Log')} `;
    });
  return html`<h3>${jobs.length === 1 ? 'Selected job' : 'Selected jobs side by side'}</h3>
<div class="scroll" tabindex="0" role="region" aria-label="Selected jobs"><table class="compared"><thead><tr><td>${jobs.map(
    (job) => html`<th scope="col">Job ${job.number}<br><bdi>${shortName(job)}</bdi>`,
  )}</thead><tbody>
${row('Status', ({ status }) => status, false)}
${jobs.some(({ definition }) => definition) && row('Definition', ({ definition }) => definition, false)}
${names('metrics').map((name) =>
  row(name, ({ metrics }) => (metrics[name] === undefined ? undefined : formatNumber(metrics[name])), false),
)}
${names('hyperparameters').map((name) => row(name, ({ hyperparameters }) => hyperparameters[name], jobs.length > 1))}
${row('Duration in seconds', (job) => durationOf(job)?.toString(), false)}
${jobs.some(({ failureReason }) => failureReason) && row('Failure reason', ({ failureReason }) => failureReason, false)}
${Object.keys(report.links).length > 0 && html`<tr><th scope="row">Links${jobs.map((job) => html`<td class="t">${links(job)}`)}`}
</tbody></table></div><p class="actions"></p>`;
}
