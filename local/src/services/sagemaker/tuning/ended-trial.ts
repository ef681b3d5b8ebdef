import * as fs from 'node:fs';
import { MetricCollector } from '../../../training/metrics';
import type { EndedTrial } from '../../../training/sampler';
import type { MetricDefinition } from '../../../training/trainer';
import { RUNS_AGAIN, readJobLog } from '../jobs/job-log';
import type { TrainingJobRecord } from '../jobs/job-types';
import { OBJECTIVE_METRIC, objectiveValue } from './tuning-view';

/** The result of a trial, from the record and the log of its training job, which has ended. */
export function endedTrial({ name, description }: TrainingJobRecord, root: string): EndedTrial {
  const { TrainingJobStatus: status, AlgorithmSpecification: algorithm } = description;
  const value = status === 'Failed' ? undefined : objectiveValue(description);
  return {
    values: () => objectivesIn(readJobLog(root, name)?.file, algorithm.MetricDefinitions ?? []),
    ...(value !== undefined && { value }),
    isStopped: status === 'Stopped',
  };
}

/** The values of the objective metric that the last attempt printed. */
async function objectivesIn(
  log: string | undefined,
  definitions: readonly MetricDefinition[],
): Promise<number[]> {
  const values: number[] = [];
  const metrics = new MetricCollector(definitions, (metric) => {
    if (metric.MetricName === OBJECTIVE_METRIC) values.push(metric.Value);
  });
  for (const line of lastAttemptIn(log)) metrics.add(line);
  await metrics.settled();
  return values;
}

/** The log lines since the last start of the job. */
function lastAttemptIn(file: string | undefined): string[] {
  const lines = file === undefined ? [] : fs.readFileSync(file, 'utf8').split('\n');
  return lines.slice(lines.lastIndexOf(RUNS_AGAIN) + 1);
}
