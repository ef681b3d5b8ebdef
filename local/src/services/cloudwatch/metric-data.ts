import { AwsError, validationError } from '../aws-error';
import type { Input } from '../service';
import { type MetricReader, pointsOf, timeOf } from './metric-reader';
import { periodsOf, valuesByPeriod } from './periods';
import { statisticNamed } from './statistics';

/** Maximum number of metrics per request, and of data points per response. */
const MAX_QUERIES = 500;
const MAX_POINTS = 100_800;

/** The data points of a metric, in the requested order. */
interface MetricData {
  readonly id: string;
  readonly label: string;
  readonly points: readonly (readonly [seconds: number, value: number])[];
}

/**
 * The start of a page: `skipped` is the number of data points on earlier pages. No page contains data points after the
 * time `until`.
 */
interface Place {
  readonly skipped: number;
  /** Epoch milliseconds. */
  readonly until: number;
}

/**
 * Response of GetMetricData. Metric math and Metrics Insights are not implemented.
 *
 * @throws AwsError `ValidationException`, `InvalidParameterValueException`, `InvalidNextToken`
 */
export async function getMetricData(input: Input, reader: MetricReader): Promise<unknown> {
  const queries = input['MetricDataQueries'] as readonly Input[];
  checkQueries(queries);
  for (const query of queries) checkQuery(query, reader.accountId);
  const place = placeIn(input['NextToken']) ?? { skipped: 0, until: reader.now };
  const range = { start: timeOf(input['StartTime']), end: timeOf(input['EndTime']) };
  if (range.start >= range.end) {
    throw validationError(
      range.start === range.end
        ? 'The parameter StartTime must not equal parameter EndTime.'
        : 'The parameter StartTime must be less than the parameter EndTime.',
    );
  }
  const limit = Number(input['MaxDatapoints'] ?? MAX_POINTS);
  if (!(limit >= 1 && limit <= MAX_POINTS)) {
    throw validationError(`The parameter MaxDatapoints must be from 1 to ${MAX_POINTS}, got ${limit}.`);
  }
  const isAscending = input['ScanBy'] === 'TimestampAscending';
  const data = await Promise.all(
    queries
      .filter((query) => query['ReturnData'] !== false)
      .map((query) => dataOf(query, range, place.until, reader)),
  );
  const inOrder = data.map((each) => (isAscending ? each : { ...each, points: [...each.points].reverse() }));
  return pageOf(inOrder, place, limit);
}

function checkQueries(queries: readonly Input[]): void {
  if (queries.length > MAX_QUERIES) {
    throw validationError(
      `The collection MetricDataQueries must not have a size greater than ${MAX_QUERIES}.`,
    );
  }
  const ids = queries.map(({ Id }) => String(Id));
  const wrong = ids.find((id) => !/^[a-z]\w*$/.test(id));
  if (wrong !== undefined) {
    throw validationError(
      `The Id "${wrong}" must begin with a lower-case letter and may only contain letters, digits and underscores.`,
    );
  }
  if (new Set(ids).size < ids.length)
    throw validationError('The values for parameter Id in MetricDataQueries are not unique.');
}

function checkQuery(query: Input, accountId: string): void {
  const { Id: id, MetricStat: stat, Expression: expression, Label: label, AccountId: account } = query;
  if (expression !== undefined) {
    throw validationError(
      `local mode does not support metric math and Metrics Insights: use a MetricStat instead of the Expression of "${id}"`,
    );
  }
  if (stat === undefined) throw validationError(`The query "${id}" needs a MetricStat.`);
  if ((account ?? accountId) !== accountId) {
    throw validationError(`local mode has no metrics of the account ${account}, only of ${accountId}`);
  }
  if (String(label ?? '').includes('${')) {
    throw validationError(
      `local mode does not support dynamic labels: use a Label without \${…} for "${id}"`,
    );
  }
}

async function dataOf(
  { Id: id, Label: label, MetricStat: given }: Input,
  range: { readonly start: number; readonly end: number },
  until: number,
  reader: MetricReader,
): Promise<MetricData> {
  const {
    Metric: metric,
    Period: period,
    Stat: stat,
    Unit: unit,
  } = given as Input & { readonly Metric: Input };
  const periods = periodsOf(range, Number(period), reader.now);
  const statistic = statisticNamed(String(stat));
  const points = (await pointsOf(reader, metric, unit)).filter(({ time }) => time <= until);
  return {
    id: String(id),
    label: String(label ?? metric['MetricName']),
    points: valuesByPeriod(points, periods, reader.now).flatMap(({ start, values }) => {
      const value = statistic(values);
      return value === undefined ? [] : [[start / 1000, value] as const];
    }),
  };
}

/** The pages contain the metrics in the order of the request. Metrics without data are on the first page. */
function pageOf(data: readonly MetricData[], { skipped, until }: Place, limit: number): unknown {
  const end = skipped + limit;
  let first = 0;
  const results = data.flatMap(({ id, label, points }) => {
    const shown = points.slice(Math.max(0, skipped - first), Math.max(0, end - first));
    first += points.length;
    if (shown.length === 0 && (points.length > 0 || skipped > 0)) return [];
    return [
      {
        Id: id,
        Label: label,
        Timestamps: shown.map(([seconds]) => seconds),
        Values: shown.map(([, value]) => value),
        StatusCode: points.length > 0 && first > end ? 'PartialData' : 'Complete',
      },
    ];
  });
  return { MetricDataResults: results, ...(end < first && { NextToken: `${end}/${until}` }), Messages: [] };
}

function placeIn(token: unknown): Place | undefined {
  if (token === undefined) return undefined;
  const [, skipped, until] = /^(\d+)\/(\d+)$/.exec(String(token)) ?? [];
  if (until === undefined) throw new AwsError('InvalidNextToken', `NextToken is invalid: ${String(token)}`);
  return { skipped: Number(skipped), until: Number(until) };
}
