import { type Content, html } from '../../../local/src/markup/markup';
import type { Charts } from '../../shared/evaluation';
import { formatNumber, formatShare } from '../../shared/format';
import { isLowerBetter } from '../../shared/metric-names';
import type { Chart } from '../charts/chart';
import { shown } from '../reading-evaluation';
import type { Report } from '../report-data';
import { figure, legend } from './figure';

const calibrationLegend = legend([
  ['curve r0', 'model'],
  ['perfect', 'perfect model'],
]);

/** The evaluation of the final model on test data, the gate, and the registered version. */
export function evaluationSection(report: Report, calibration: Chart | undefined): Content {
  const { evaluation, gate, modelPackage } = report;
  if (!evaluation && !gate && !modelPackage) return undefined;
  return html`<section aria-labelledby="evaluation"><h2 id="evaluation">Final model on test data</h2>
${
  evaluation &&
  html`<div class="columns"><div>${metricsTable(evaluation)}${residuals(evaluation.charts)}</div>
<div>${figure(calibration, 540, calibrationLegend)}${confusionMatrix(evaluation.charts)}</div></div>`
}
${gate && gateTable(gate)}
${
  modelPackage &&
  html`<h3>Model Registry</h3>
<p>Version ${modelPackage.version} of the group <bdi>${modelPackage.group}</bdi> <span class="status status-${modelPackage.approvalStatus.toLowerCase()}">${modelPackage.approvalStatus}</span></p>
<p class="uri"><code data-copy>${modelPackage.arn}</code></p>`
}
</section>`;
}

function metricsTable({ rows, metrics, statistics }: NonNullable<Report['evaluation']>): Content {
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Metrics"><table class="results"><caption>Metrics of ${formatNumber(rows)} rows, with 95% confidence intervals</caption>
<thead><tr><th scope="col">Metric<th scope="col">Value<th scope="col">Interval<th scope="col">Baseline<th scope="col">Better</thead>
<tbody>${Object.entries(metrics).map(([name, metric]) => {
    const { value, interval, baseline } = shown(metric);
    return html`<tr><th scope="row"><bdi>${name}</bdi>${
      value === null
        ? html`<td class="t" colspan="2">undefined: ${metric.reason}`
        : html`<td><b>${formatNumber(value)}</b><td>${interval}`
    }<td>${baseline}<td>${isLowerBetter(name) ? 'lower' : 'higher'}`;
  })}</tbody></table></div>
<p class="uri"><code data-copy>${statistics}</code></p>`;
}

function residuals(charts: Charts | undefined): Content {
  if (!charts?.residuals) return undefined;
  return html`<h3>Residuals (label − prediction)</h3><dl>${charts.residuals.map(
    ({ share, value }) =>
      html`<div><dt>${formatShare(share)} below</dt><dd>${formatNumber(value)}</dd></div>`,
  )}</dl>`;
}

/** A confusion matrix. Each cell is shaded by its share of the row's total. */
function confusionMatrix(charts: Charts | undefined): Content {
  const matrix = charts?.confusionMatrix;
  if (!matrix) return undefined;
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Confusion matrix"><table class="matrix"><caption>Confusion matrix</caption>
<thead><tr><th scope="col">Label${matrix.map((_, one) => html`<th scope="col">${one}`)}</thead>
<tbody>${matrix.map((counts, label) => {
    const total = counts.reduce((sum, count) => sum + count, 0) || 1;
    return html`<tr><th scope="row">${label}${counts.map(
      (count) => html`<td class="s${Math.round((4 * count) / total)}">${formatNumber(count)}`,
    )}`;
  })}</tbody></table></div>
<p class="note">A row for each label, a column for each predicted class.</p>`;
}

function gateTable({ passed, conditions }: NonNullable<Report['gate']>): Content {
  return html`<h3>Quality gate <span class="status status-${passed ? 'completed' : 'failed'}">${passed ? 'Passed' : 'Not passed'}</span></h3>
<div class="scroll" tabindex="0" role="region" aria-label="Quality gate"><table class="results gate"><thead><tr><th scope="col">Condition<th scope="col">Result<th scope="col">Reason</thead>
<tbody>${conditions.map(
    (one) =>
      html`<tr><th scope="row"><bdi>${one.condition}</bdi><td class="t">${one.passed ? '✓ passed' : '✗ not passed'}<td class="t">${one.reason}`,
  )}</tbody></table></div>`;
}
