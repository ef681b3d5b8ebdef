import { AwsError } from '../aws-error';
import type { Input } from '../service';
import { type MetricReader, pointsOf, timeOf } from './metric-reader';
import { periodsOf, valuesByPeriod } from './periods';
import { statisticNamed } from './statistics';

/** Maximum number of data points per response. */
const MAX_POINTS = 1440;

/**
 * Response of GetMetricStatistics.
 *
 * @throws AwsError `InvalidParameterCombinationException`, `InvalidParameterValueException`
 */
export async function getMetricStatistics(input: Input, reader: MetricReader): Promise<unknown> {
  const [names, extended] = [namesIn(input, 'Statistics'), namesIn(input, 'ExtendedStatistics')];
  if (names.length > 0 === extended.length > 0) {
    throw combination('Specify either Statistics or ExtendedStatistics, and not both.');
  }
  const range = { start: timeOf(input['StartTime']), end: timeOf(input['EndTime']) };
  if (range.start >= range.end) {
    throw combination('The parameter StartTime must be less than the parameter EndTime.');
  }
  const periods = periodsOf(range, Number(input['Period']), reader.now);
  const most = Math.ceil((periods.end - periods.start) / (periods.seconds * 1000));
  if (most > MAX_POINTS) {
    throw combination(
      `You have requested up to ${most} datapoints, which exceeds the limit of ${MAX_POINTS}. You may reduce the datapoints requested by increasing Period, or decreasing the time range.`,
    );
  }
  const statistics = [...names, ...extended].map((name) => [name, statisticNamed(name)] as const);
  const points = await pointsOf(reader, input, input['Unit']);
  const datapoints = valuesByPeriod(points, periods, reader.now).flatMap(({ start, values }) => {
    const computed = statistics.flatMap(([name, statistic]) => {
      const value = statistic(values);
      return value === undefined ? [] : [[name, value] as const];
    });
    const members = Object.fromEntries(computed);
    return computed.length === 0
      ? []
      : [
          {
            Timestamp: start / 1000,
            ...(names.length > 0 ? members : { ExtendedStatistics: members }),
            Unit: 'None',
          },
        ];
  });
  return { Label: input['MetricName'], Datapoints: datapoints };
}

function namesIn(input: Input, member: string): readonly string[] {
  return (input[member] as readonly string[] | undefined) ?? [];
}

function combination(message: string): AwsError {
  return new AwsError('InvalidParameterCombinationException', message);
}
