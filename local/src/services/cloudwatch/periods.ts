import { AwsError } from '../aws-error';
import type { MetricPoint } from './training-metrics';

/** The values of a metric within one period. */
export interface PeriodValues {
  /** When the period begins, in epoch milliseconds. */
  readonly start: number;
  readonly values: readonly number[];
}

/** A range of time and the periods that it is divided into. */
export interface Periods {
  /** Epoch milliseconds, inclusive; a whole minute, or what divides it by the period. */
  readonly start: number;
  /** Epoch milliseconds, exclusive. */
  readonly end: number;
  readonly seconds: number;
}

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Values are not kept longer than a period may be. */
const LONGEST_PERIOD = (455 * DAY) / SECOND;

/** The last point in time that a `Date` can have, in epoch milliseconds. */
const LATEST = 8.64e15;

/** Periods of less than a minute. */
const SHORT_PERIODS = [1, 5, 10, 20, 30];

/** How fine values are kept, by their age; what is older than 455 days is gone. */
const KEPT = [
  { age: 3 * HOUR, seconds: 1 },
  { age: 15 * DAY, seconds: 60 },
  { age: 63 * DAY, seconds: 300 },
  { age: 455 * DAY, seconds: 3600 },
];

/**
 * Checks and rounds a time range as CloudWatch does. SageMaker's metrics are of high resolution: periods may be as
 * short as a second.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricStatistics.html
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/training-metrics.html
 * @throws AwsError `InvalidParameterValueException`
 */
export function periodsOf(
  range: { readonly start: number; readonly end: number },
  seconds: number,
  now: number,
): Periods {
  if (!SHORT_PERIODS.includes(seconds) && (seconds % 60 !== 0 || seconds > LONGEST_PERIOD)) {
    throw new AwsError(
      'InvalidParameterValueException',
      `The parameter Period must be ${SHORT_PERIODS.join(', ')} or a multiple of 60, at most ${LONGEST_PERIOD}, got ${seconds}.`,
    );
  }
  if (![range.start, range.end].every((time) => Math.abs(time) <= LATEST)) {
    throw new AwsError('InvalidParameterValueException', 'StartTime and EndTime must be points in time.');
  }
  const step = Math.max(finestStep(now - range.start), 1) * SECOND;
  const unit = seconds < 60 ? seconds * SECOND : Math.max(step, MINUTE);
  const rounded = (time: number): number => Math.floor(time / unit) * unit;
  // Ends are rounded, too: the SageMaker SDK's TrainingJobAnalytics asks for a minute more because of that.
  return { start: rounded(range.start), end: rounded(range.end), seconds };
}

/** The periods that have values, earliest first; those that are too old for their length have none any more. */
export function valuesByPeriod(
  points: readonly MetricPoint[],
  { start, end, seconds }: Periods,
  now: number,
): PeriodValues[] {
  const byStart = new Map<number, number[]>();
  for (const { time, value } of points) {
    if (time < start || time >= end || seconds % finestStep(now - time) !== 0) continue;
    const at = start + Math.floor((time - start) / (seconds * SECOND)) * seconds * SECOND;
    const values = byStart.get(at);
    if (values === undefined) byStart.set(at, [value]);
    else values.push(value);
  }
  return [...byStart]
    .map(([at, values]) => ({ start: at, values }))
    .sort((left, right) => left.start - right.start);
}

/** How many seconds a period has at least for values of this age; no period is long enough for those that are gone. */
function finestStep(age: number): number {
  return KEPT.find((each) => age < each.age)?.seconds ?? Number.POSITIVE_INFINITY;
}
