import { MetricCollector } from '../../training/metrics';
import { eachEventFrom } from '../logs/log-events';
import { streamOf } from '../logs/log-streams';
import { loggedTrainingJob } from '../logs/logged-jobs';
import type { TrainingJobRecord } from '../sagemaker/jobs/job-types';

/** A value of a metric. */
export interface MetricPoint {
  /** Epoch milliseconds. */
  readonly time: number;
  readonly value: number;
}

/**
 * All values of a training job's metrics by name, earliest first. They are the matches of the job's metric
 * definitions in the log of all attempts, with the time of each line. A metric that is not in the log, such as
 * one from a stub, has only its last value.
 */
export async function metricsOf(
  root: string,
  record: TrainingJobRecord,
): Promise<ReadonlyMap<string, readonly MetricPoint[]>> {
  const found = new Map<string, MetricPoint[]>();
  const add = (name: string, point: MetricPoint): void => {
    const points = found.get(name);
    if (points === undefined) found.set(name, [point]);
    else points.push(point);
  };
  const { AlgorithmSpecification: algorithm, FinalMetricDataList: last = [] } = record.description;
  const collector = new MetricCollector(
    algorithm.MetricDefinitions ?? [],
    ({ MetricName, Value: value, Timestamp }) => add(MetricName, { time: Timestamp.getTime(), value }),
  );
  const stream = streamOf(root, loggedTrainingJob(record));
  if (stream !== undefined) {
    for (const { event } of eachEventFrom(stream.range, 0)) {
      collector.add(event.message, new Date(event.timestamp));
    }
  }
  await collector.settled();
  for (const { MetricName, Value: value, Timestamp } of last) {
    if (!found.has(MetricName)) add(MetricName, { time: Timestamp * 1000, value });
  }
  return found;
}
