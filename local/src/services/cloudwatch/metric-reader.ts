import { AwsError } from '../aws-error';
import type { TrainingJobRecord } from '../sagemaker/jobs/job-types';
import type { Input } from '../service';
import type { MetricPoint } from './training-metrics';

/** The namespace of the metrics of training jobs, and the dimension with the job's name. */
export const NAMESPACE = '/aws/sagemaker/TrainingJobs';
export const DIMENSION = 'TrainingJobName';

/** Reads metrics for one request. */
export interface MetricReader {
  /** Epoch milliseconds. */
  readonly now: number;
  /** The AWS account that the metrics belong to. */
  readonly accountId: string;
  /** The training jobs with metrics. */
  jobs(): readonly TrainingJobRecord[];
  /** The metrics of a job by name; empty for an unknown job. */
  metrics(jobName: string): Promise<ReadonlyMap<string, readonly MetricPoint[]>>;
}

/**
 * The values of the requested metric. Empty for an unknown metric, as in CloudWatch.
 *
 * @throws AwsError `InvalidParameterValueException` for metrics that exist only on AWS
 */
export async function pointsOf(
  reader: MetricReader,
  metric: Input,
  unit: unknown,
): Promise<readonly MetricPoint[]> {
  const { Namespace: namespace, MetricName: name, Dimensions: given = [] } = metric;
  const dimensions = given as readonly { readonly Name: string; readonly Value: string }[];
  if (namespace !== NAMESPACE) {
    throw notHere(`metrics of the namespace ${String(namespace)}`);
  }
  if (dimensions.some(({ Name }) => Name === 'Host')) {
    throw notHere('metrics of instances (dimension Host)');
  }
  const [dimension] = dimensions;
  const isWritten =
    dimensions.length === 1 && dimension?.Name === DIMENSION && [undefined, 'None'].includes(unit as string);
  return (isWritten && (await reader.metrics(dimension.Value)).get(String(name))) || [];
}

function notHere(what: string): AwsError {
  return new AwsError(
    'InvalidParameterValueException',
    `local mode does not support ${what}. It has only the metrics that metric definitions find in the logs of training jobs (namespace ${NAMESPACE}, dimension ${DIMENSION})`,
  );
}

/** Converts a time in a request to epoch milliseconds. Some protocols send seconds, others send a string. */
export function timeOf(value: unknown): number {
  return typeof value === 'number' ? value * 1000 : Date.parse(String(value));
}
