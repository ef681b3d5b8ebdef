import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ModelPackageRecord } from '../services';
import { formatEstimate, formatMetric } from './format';
import type { EvaluatedMetric } from './report-files';

type Row = readonly [label: string, value: string];

/** A metric on test data, as in the file that a TuningWorkflow writes. */
interface MetricWithBaseline extends EvaluatedMetric {
  readonly baseline: number | null;
  readonly reason?: string;
}

/**
 * The metrics that a TuningWorkflow computed from the output of a transform job; empty if there are none.
 *
 * @param output folder with the predictions
 */
export function evaluationRows(output: string): Row[] {
  const file = join(output, '../evaluation.json');
  if (!existsSync(file)) return [];
  const { rows = 0, metrics = {} } = JSON.parse(readFileSync(file, 'utf8')) as {
    readonly rows?: number;
    readonly metrics?: Readonly<Record<string, MetricWithBaseline>>;
  };
  return [
    ['Rows', rows.toLocaleString('en-US')],
    ...Object.entries(metrics).map(([name, metric]): Row => [name, describe(metric)]),
  ];
}

function describe(metric: MetricWithBaseline): string {
  const { value, baseline, reason = '' } = metric;
  if (value === null) return `undefined: ${reason}`;
  return `${formatEstimate(value, metric)}${baseline === null ? '' : `, baseline ${formatMetric(baseline)}`}`;
}

/** A version of a model package group, with the description that a TuningWorkflow gives it. */
export function modelPackageRows({ description }: ModelPackageRecord): Row[] {
  const {
    ModelPackageGroupName: group,
    ModelPackageVersion: version,
    ModelApprovalStatus: status = 'none',
    ModelPackageDescription: about,
  } = description;
  return [
    ...(group === undefined ? [] : [['Group', `${group}, version ${version}`] as const]),
    ['Approval', status],
    ...(about === undefined ? [] : [['Description', about] as const]),
    ['ARN', description.ModelPackageArn],
  ];
}
