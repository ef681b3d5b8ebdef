import { readJobLog, type TimeMark } from '../sagemaker/jobs/job-log';
import type { LogRange } from './log-events';

/** The log of a training job, as CloudWatch Logs has it. */
export interface LogStream {
  readonly name: string;
  readonly range: LogRange;
}

/**
 * The stream of a training job's log; undefined while the job has printed nothing.
 *
 * @param created epoch seconds; when its first lines were written, where that is not kept
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

/** Marks whose times never go back, as they do when the clock is set: events are in the order of their times. */
function withoutStepsBack(marks: readonly TimeMark[]): TimeMark[] {
  let latest = 0;
  return marks.map(({ offset, time }) => {
    latest = Math.max(latest, time);
    return { offset, time: latest };
  });
}
