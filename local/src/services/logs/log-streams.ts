import { readJobLog, type TimeMark } from '../sagemaker/jobs/job-log';
import type { LogRange } from './log-events';

/** The log of a training job as a CloudWatch Logs stream. */
export interface LogStream {
  readonly name: string;
  readonly range: LogRange;
}

/**
 * The stream of a training job's log; undefined if the job has printed nothing.
 *
 * @param created epoch seconds; replaces the time of the first lines if that is not stored
 */
export function streamOf(root: string, jobName: string, created: number): LogStream | undefined {
  const log = readJobLog(root, jobName);
  if (log === undefined) return undefined;
  const { file, size } = log;
  const marks = withoutStepsBack(log.marks);
  const since = marks[0]?.time ?? Math.round(created * 1000);
  const name = `${jobName}/algo-1-${Math.floor(since / 1000)}`;
  return { name, range: { file, start: 0, end: size, marks, since } };
}

/** Marks with nondecreasing times, even if the system clock was set back: events are ordered by time. */
function withoutStepsBack(marks: readonly TimeMark[]): TimeMark[] {
  let latest = 0;
  return marks.map(({ offset, time }) => {
    latest = Math.max(latest, time);
    return { offset, time: latest };
  });
}
