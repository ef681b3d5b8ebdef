import * as fs from 'node:fs';
import { MetricCollector } from '../../training/metrics';
import type { EndedTrial } from '../../training/sampler';
import type { TrainingJobRecord } from './job-records';
import { logFileOf, RUNS_AGAIN } from './training-log';
import { OBJECTIVE_METRIC, objectiveValue } from './tuning-view';

/** What became of the trial of a training job that has ended, as its record and its log have it. */
export function endedTrial({ name, description }: TrainingJobRecord, root: string): EndedTrial {
  const { TrainingJobStatus: status, AlgorithmSpecification: algorithm } = description;
  const value = status === 'Failed' ? undefined : objectiveValue(description);
  const values: number[] = [];
  const metrics = new MetricCollector(algorithm.MetricDefinitions ?? [], (metric) => {
    if (metric.MetricName === OBJECTIVE_METRIC) values.push(metric.Value);
  });
  for (const line of lastRunIn(logFileOf(root, name))) metrics.add(line);
  return { values, ...(value !== undefined && { value }), isStopped: status === 'Stopped' };
}

/** The lines of a log since the job was run the last time. */
function lastRunIn(file: string): string[] {
  const lines = fs.existsSync(file) ? fs.readFileSync(file, 'utf8').split('\n') : [];
  return lines.slice(lines.lastIndexOf(RUNS_AGAIN) + 1);
}
