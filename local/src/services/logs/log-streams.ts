import { readJobLog, type TimeMark } from '../sagemaker/jobs/job-log';
import type { LogRange } from './log-events';

/** A job and the names of its log. */
export interface LoggedJob {
  readonly name: string;
  /** Creation time in epoch seconds. Used as the time of the log's first lines if their own time is not stored. */
  readonly created: number;
  readonly roleArn: string;
  /** The name of the log for {@link readJobLog}. */
  readonly logName: string;
  /** The part of the stream's name between the job's name and the time. */
  readonly host: string;
}

/** The log of a job as a CloudWatch Logs stream. */
export interface LogStream {
  readonly name: string;
  readonly range: LogRange;
}

/** The stream of a job's log; undefined if the job has printed nothing. */
export function streamOf(
  root: string,
  { name: jobName, logName, created, host }: LoggedJob,
): LogStream | undefined {
  const log = readJobLog(root, logName);
  if (log === undefined) return undefined;
  const { file, size } = log;
  const marks = withoutStepsBack(log.marks);
  const since = marks[0]?.time ?? Math.round(created * 1000);
  const name = `${jobName}/${host}-${Math.floor(since / 1000)}`;
  return { name, range: { file, start: 0, end: size, marks, since } };
}

/**
 * Ensures that no time mark of a log is earlier than the mark before it, because events are ordered by time. A mark can
 * be earlier if the system clock was set back.
 */
function withoutStepsBack(marks: readonly TimeMark[]): TimeMark[] {
  let latest = 0;
  return marks.map(({ offset, time }) => {
    latest = Math.max(latest, time);
    return { offset, time: latest };
  });
}
