import { AwsError } from '../aws-error';
import type { TrainingJobRecord } from '../sagemaker/jobs/job-types';
import type { Input } from '../service';
import type { MetricPoint } from './training-metrics';

/** The namespace of training jobs' metrics, and the dimension that names the job. */
export const NAMESPACE = '/aws/sagemaker/TrainingJobs';
export const DIMENSION = 'TrainingJobName';

/** The metrics that there are, for one request. */
export interface MetricReader {
  /** Epoch milliseconds. */
  readonly now: number;
  /** The account that the metrics are in. */
  readonly accountId: string;
  /** The training jobs that have metrics. */
  jobs(): readonly TrainingJobRecord[];
  /** The metrics of a job by name; none for a job that is not there. */
  metrics(jobName: string): Promise<ReadonlyMap<string, readonly MetricPoint[]>>;
}

/**
 * The values of the metric that a request names; none where nobody has written one, as in CloudWatch.
 *
 * @throws AwsError `InvalidParameterValueException` for metrics that are on AWS but not here
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
    `local mode does not have ${what}: it has what metric definitions find in the logs of training jobs (namespace ${NAMESPACE}, dimension ${DIMENSION})`,
  );
}

/** A time of a request in epoch milliseconds: the protocols have seconds, or text. */
export function timeOf(value: unknown): number {
  return typeof value === 'number' ? value * 1000 : Date.parse(String(value));
}
