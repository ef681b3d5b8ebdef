import { AwsError } from '../aws-error';
import type { MetricPoint } from './training-metrics';

/** The values of a metric in one period. */
export interface PeriodValues {
  /** Start of the period in epoch milliseconds. */
  readonly start: number;
  readonly values: readonly number[];
}

/** A time range and its division into periods. */
export interface Periods {
  /** Inclusive start of the range, in epoch milliseconds. Rounded to a minute or to the period. */
  readonly start: number;
  /** Exclusive end of the range, in epoch milliseconds. */
  readonly end: number;
  readonly seconds: number;
}

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Maximum period: values are kept no longer than this. */
const LONGEST_PERIOD = (455 * DAY) / SECOND;

/** Maximum time of a `Date`, in epoch milliseconds. */
const LATEST = 8.64e15;

/** Supported periods shorter than a minute, in seconds. */
const SHORT_PERIODS = [1, 5, 10, 20, 30];

/** Resolution of stored values by age. Values are deleted after 455 days. */
const KEPT = [
  { age: 3 * HOUR, seconds: 1 },
  { age: 15 * DAY, seconds: 60 },
  { age: 63 * DAY, seconds: 300 },
  { age: 455 * DAY, seconds: 3600 },
];

/**
 * Checks and rounds a time range as CloudWatch does. SageMaker's metrics are high-resolution, so periods can be
 * as short as one second.
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
  // The end is rounded, too. Therefore, the SageMaker SDK's TrainingJobAnalytics requests an extra minute.
  return { start: rounded(range.start), end: rounded(range.end), seconds };
}

/** The periods with values, earliest first. Drops values that are no longer kept at this resolution. */
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

/** Minimum period in seconds for values of the given age; infinite if values of this age have been deleted. */
function finestStep(age: number): number {
  return KEPT.find((each) => age < each.age)?.seconds ?? Number.POSITIVE_INFINITY;
}
