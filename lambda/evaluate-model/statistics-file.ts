import type { Charts, Evaluation, ProblemType } from '../shared/evaluation';
import type { Computed } from './metrics/computation';

/**
 * Version of the fields that this library adds to the fields of SageMaker. The version increases when a field is
 * removed or changes.
 */
const SCHEMA_VERSION = 1;

/**
 * Names of the objects that contain the metrics in SageMaker's model-quality statistics. SageMaker has no object for
 * rankings.
 */
const SECTIONS: Readonly<Record<ProblemType, string>> = {
  Regression: 'regression_metrics',
  BinaryClassification: 'binary_classification_metrics',
  MulticlassClassification: 'multiclass_classification_metrics',
  Ranking: 'ranking_metrics',
};

/**
 * Metrics for which SageMaker's files also list the value of the best constant classifier. We write the baseline there.
 */
const OF_CONSTANT_CLASSIFIER = /^(accuracy|precision|recall|f1|weighted_(precision|recall|f1))$/;

/**
 * The content of `evaluation.json`, in the form of SageMaker's model-quality statistics. As in SageMaker's files, the
 * string `NaN` means that a value is undefined.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-model-quality-metrics.html
 */
export function statisticsFile(
  { problem, rows, metrics }: Omit<Evaluation, 'statistics'>,
  { estimates, charts }: Computed,
  source: Readonly<Record<string, string>> | undefined,
): object {
  const section: Record<string, unknown> = {};
  for (const [name, { value }] of Object.entries(metrics)) {
    section[name] = {
      value: orNaN(value),
      standard_deviation: orNaN(estimates[name]?.standardDeviation),
    };
  }
  for (const [name, { baseline }] of Object.entries(metrics)) {
    if (problem.endsWith('Classification') && OF_CONSTANT_CLASSIFIER.test(name)) {
      section[`${name}_best_constant_classifier`] = { value: orNaN(baseline), standard_deviation: 'NaN' };
    }
  }
  return {
    schemaVersion: SCHEMA_VERSION,
    [SECTIONS[problem]]: { ...confusionMatrix(charts), ...section },
    problem,
    rows,
    metrics,
    charts,
    source: source ?? {},
  };
}

/** The value of a metric in the content of an `evaluation.json`; undefined if the file does not contain the metric. */
export function metricInFile(content: unknown, problem: ProblemType, metric: string): number | undefined {
  const section = (content as Record<string, Record<string, { value?: unknown }>> | null)?.[
    SECTIONS[problem]
  ];
  const value = section?.[metric]?.value;
  return typeof value === 'number' ? value : undefined;
}

/** SageMaker's form of a confusion matrix: objects whose keys are the classes. */
function confusionMatrix({ confusionMatrix: matrix }: Charts): object {
  return matrix ? { confusion_matrix: { ...matrix.map((counts) => ({ ...counts })) } } : {};
}

function orNaN(value: number | null | undefined): number | 'NaN' {
  return value == null || !Number.isFinite(value) ? 'NaN' : value;
}
