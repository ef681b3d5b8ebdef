import type { Metric } from '../shared/evaluation';
import { formatNumber } from '../shared/format';
import { isLowerBetter, mainMetric } from '../shared/metric-names';
import type { Report, Sentence } from './report-data';

type Facts = Pick<Report, 'evaluation' | 'gate' | 'objective' | 'jobs' | 'bestJob'>;
type Said = readonly [Sentence['kind'], string] | undefined;

/** Names that XGBoost, LightGBM and CatBoost give to metrics of an evaluation. */
const SAME_METRIC: Readonly<Record<string, string>> = {
  aucpr: 'au_prc',
  logloss: 'log_loss',
  mlogloss: 'log_loss',
};

/** The evaluation and the gate in a few words: `rmse 0.312 (0.291–0.332), baseline 1.2. The gate passed.` */
export function evaluationSummary({
  evaluation,
  gate,
}: Pick<Report, 'evaluation' | 'gate'>): string | undefined {
  if (!evaluation) return undefined;
  const name = mainMetric(evaluation);
  const metric = evaluation.metrics[name];
  const { value, text, baseline } = shown(metric);
  return [
    value === null ? `${name} is undefined` : `${name} ${text}`,
    baseline === undefined ? '' : `, baseline ${baseline}`,
    '.',
    gate ? ` The gate ${gate.passed ? 'passed' : 'did not pass'}.` : '',
  ].join('');
}

/** The value of a metric with its confidence interval, rounded to the digits that the interval justifies. */
export function shown(metric: Metric | undefined): {
  readonly value: number | null;
  readonly text: string;
  readonly interval: string | undefined;
  readonly baseline: string | undefined;
} {
  const { value = null, lower = null, upper = null, baseline = null } = metric ?? {};
  const width = lower === null || upper === null ? 0 : upper - lower;
  const decimals = width > 0 ? Math.min(12, Math.max(0, 1 - Math.floor(Math.log10(width)))) : undefined;
  const format = (number: number) =>
    decimals === undefined || decimals === 0
      ? formatNumber(number)
      : number.toFixed(decimals).replace('-', '−');
  const interval = lower === null || upper === null ? undefined : `${format(lower)}–${format(upper)}`;
  const number = value === null ? '' : format(value);
  return {
    value,
    text: interval === undefined ? number : `${number} (${interval})`,
    interval,
    baseline: baseline === null ? undefined : format(baseline),
  };
}

/** A sentence that compares the model with the baseline and with the validation data. */
export function evaluationSentence(report: Facts): Said {
  const { evaluation } = report;
  if (!evaluation) return undefined;
  const name = mainMetric(evaluation);
  const metric = evaluation.metrics[name];
  const { value, text, baseline } = shown(metric);
  if (!metric || value === null) {
    return [
      'warning',
      `On the test data, ${name} is undefined: ${metric?.reason ?? 'the evaluation lacks it'}.`,
    ];
  }
  const start = `On the test data, ${name} is ${text}`;
  const isBetter = (one: number | null) =>
    one !== null && (isLowerBetter(name) ? one < Number(metric.baseline) : one > Number(metric.baseline));
  if (metric.baseline !== null && !isBetter(value)) {
    return [
      'warning',
      `${start}, which is no better than the baseline of ${baseline}: a constant prediction would do as well.`,
    ];
  }
  const worst = isLowerBetter(name) ? metric.upper : metric.lower;
  if (metric.baseline !== null && worst !== null && !isBetter(worst)) {
    return [
      'warning',
      `${start}. The baseline of ${baseline} is in this interval: ${evaluation.rows.toLocaleString('en-US')} rows are too few to say that the model is better.`,
    ];
  }
  const compared = baseline === undefined ? start : `${start}, better than the baseline of ${baseline}`;
  const warning = againstValidation(report);
  return warning ? ['warning', `${compared}. ${warning}`] : [baseline ? 'good' : 'fact', `${compared}.`];
}

/**
 * Warns if the best job's objective value is better than the whole confidence interval on the test data. The comparison
 * needs an objective that is the main metric of the evaluation.
 */
function againstValidation({ evaluation, objective, jobs, bestJob }: Facts): string | undefined {
  const selected = jobs.find(({ name }) => name === bestJob)?.value;
  const short = objective.metric.replace(/^validation:/, '');
  const name = SAME_METRIC[short] ?? short;
  if (!evaluation || selected === undefined || name !== mainMetric(evaluation)) return undefined;
  const { lower, upper } = evaluation.metrics[name] ?? {};
  if (lower == null || upper == null) return undefined;
  const isBetter = isLowerBetter(name) ? selected < lower : selected > upper;
  return isBetter
    ? `The best job's ${objective.metric} of ${formatNumber(selected)} is better than this interval: the search overestimates the model, or the test data differs.`
    : undefined;
}

export function gateSentence({ gate }: Facts): Said {
  if (!gate) return undefined;
  return [
    gate.passed ? 'good' : 'warning',
    `The quality gate ${gate.passed ? 'passed' : 'did not pass'}: ${gate.reason}.`,
  ];
}
