import { AwsError } from '../aws-error';

/** Computes a number from the values in a period; undefined if the statistic is not defined for them. */
export type Statistic = (values: readonly number[]) => number | undefined;

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

const STATISTICS: Readonly<Record<string, Statistic>> = {
  SampleCount: (values) => values.length,
  Average: (values) => sum(values) / values.length,
  Sum: sum,
  // Does not use the spread operator: there can be more values than a function can have arguments.
  Minimum: (values) => values.reduce((least, value) => Math.min(least, value)),
  Maximum: (values) => values.reduce((most, value) => Math.max(most, value)),
};

/**
 * Finds a statistic by name: one of the five basic statistics, or a percentile from `p0` to `p100`.
 *
 * @throws AwsError `InvalidParameterValueException` that lists the supported statistics
 */
export function statisticNamed(name: string): Statistic {
  const known = Object.hasOwn(STATISTICS, name) ? STATISTICS[name] : undefined;
  const [, digits] = /^p(\d{1,3}(?:\.\d{1,10})?)$/.exec(name) ?? [];
  const percent = Number(digits ?? Number.NaN);
  const statistic = known ?? (percent <= 100 ? percentile(percent) : undefined);
  if (statistic === undefined) {
    throw new AwsError(
      'InvalidParameterValueException',
      `local mode does not support the statistic ${name}. It supports ${Object.keys(STATISTICS).join(', ')} and percentiles (p0 to p100)`,
    );
  }
  return statistic;
}

/** Interpolates between the two nearest values. As in CloudWatch, undefined if any value is negative. */
function percentile(percent: number): Statistic {
  return (values) => {
    const sorted = [...values].sort((left, right) => left - right);
    const [least = -1] = sorted;
    if (least < 0) return undefined;
    const place = (percent / 100) * (sorted.length - 1);
    const [below = 0, above = 0] = [sorted[Math.floor(place)], sorted[Math.ceil(place)]];
    return below + (above - below) * (place - Math.floor(place));
  };
}
