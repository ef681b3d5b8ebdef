import { button } from '../../shared/client/dom';
import { chartsById, reportCharts } from '../charts/report-charts';
import { unpacked } from '../page/page-data';
import { showComparison } from './comparison';
import { InteractiveChart } from './interactive-chart';
import { JobTable } from './job-table';
import { keepChoices, restoreFocus } from './kept-choices';
import { State } from './state';
import { Tooltip } from './tooltip';

const state = new State(unpacked(JSON.parse(document.getElementById('data')?.textContent ?? '')));
const tooltip = new Tooltip(state);
const charts = chartsById(reportCharts(state.report));

document.documentElement.classList.add('script');
keepChoices(state, charts);
if (document.getElementById('job-table')) new JobTable(state);
restoreFocus();
showComparison(state);
state.onChange((change) => {
  if (change === 'selected') showComparison(state);
});
for (const code of document.querySelectorAll('[data-copy]')) {
  const copy = button('Copy', () => {
    void navigator.clipboard.writeText(code.textContent ?? '').then(() => {
      copy.textContent = 'Copied';
    });
  });
  code.after(' ', copy);
}

// A chart becomes interactive only when the user scrolls near it, because there can be hundreds of charts.
const observer = new IntersectionObserver(
  (entries) => {
    for (const { isIntersecting, target } of entries) {
      const chart = charts.get((target as HTMLElement).dataset['chart'] ?? '');
      if (!isIntersecting || !chart) continue;
      observer.unobserve(target);
      new InteractiveChart(target as HTMLElement, chart, state, tooltip);
    }
  },
  { rootMargin: '400px' },
);
for (const figure of document.querySelectorAll('[data-chart]')) observer.observe(figure);
// Marks the time when the page is usable, for tests.
performance.mark('interactive');
