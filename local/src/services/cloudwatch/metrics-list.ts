import { AwsError } from '../aws-error';
import type { TrainingJobRecord } from '../sagemaker/jobs/job-types';
import type { Input } from '../service';
import { DIMENSION, type MetricReader, NAMESPACE } from './metric-reader';

/** Maximum number of metrics per page. */
const PAGE_METRICS = 500;

const HOUR_SECONDS = 60 * 60;
/** Metrics without values in the last two weeks are not listed. */
const LISTED_SECONDS = 14 * 24 * HOUR_SECONDS;
const RECENT_SECONDS = 3 * HOUR_SECONDS;

/**
 * Response of ListMetrics: the metrics of the training jobs of the last two weeks.
 *
 * @throws AwsError `InvalidParameterValueException`
 */
export async function listMetrics(input: Input, reader: MetricReader): Promise<unknown> {
  const { Namespace: namespace, MetricName: wanted, Dimensions: given = [] } = input;
  const filters = given as readonly { readonly Name: string; readonly Value?: string }[];
  const oldest =
    reader.now / 1000 - (input['RecentlyActive'] === undefined ? LISTED_SECONDS : RECENT_SECONDS);
  const isListed = ({ name, description }: TrainingJobRecord): boolean =>
    description.LastModifiedTime >= oldest &&
    filters.every(({ Name, Value: value = name }) => Name === DIMENSION && value === name);
  const { OwningAccount: owner = reader.accountId } = input;
  const isHere = (namespace ?? NAMESPACE) === NAMESPACE && owner === reader.accountId;
  const jobs = isHere ? reader.jobs().filter(isListed) : [];
  const all = await Promise.all(
    jobs.map(async (job) => (await namesOf(job, reader)).map((metric) => ({ job: job.name, metric }))),
  );
  const metrics = all.flat().filter(({ metric }) => wanted === undefined || metric === wanted);
  const start = placeIn(input['NextToken']);
  const end = start + PAGE_METRICS;
  return {
    Metrics: metrics.slice(start, end).map(({ job, metric }) => ({
      Namespace: NAMESPACE,
      MetricName: metric,
      Dimensions: [{ Name: DIMENSION, Value: job }],
    })),
    ...(end < metrics.length && { NextToken: String(end) }),
  };
}

/** The names of the metrics that a job has printed. Once a job has ended, its record lists all metrics. */
async function namesOf({ name, description }: TrainingJobRecord, reader: MetricReader): Promise<string[]> {
  return description.TrainingEndTime === undefined
    ? [...(await reader.metrics(name)).keys()]
    : (description.FinalMetricDataList ?? []).map(({ MetricName }) => MetricName);
}

function placeIn(token: unknown): number {
  if (token === undefined) return 0;
  if (/^\d+$/.test(String(token))) return Number(token);
  throw new AwsError('InvalidParameterValueException', `NextToken is invalid: ${String(token)}`);
}
