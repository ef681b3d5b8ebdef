import { validationError } from '../../aws-error';
import type { Input } from '../../service';
import { describedTrainingJob, describedTuningJob } from '../described-defaults';
import { describeTuningJob } from '../tuning/tuning-view';
import { valuesAt } from './job-creation';
import { sortedPage } from './job-lists';
import type { Jobs } from './job-types';

/** A condition on a property of a job, in the same form as in the request. */
interface Filter {
  readonly Name: string;
  readonly Operator?: string;
  readonly Value?: string;
}

interface SearchExpression {
  readonly Filters?: readonly Filter[];
  readonly NestedFilters?: readonly { NestedPropertyName: string; Filters: readonly Filter[] }[];
  readonly SubExpressions?: readonly SearchExpression[];
  readonly Operator?: 'And' | 'Or';
}

/** The jobs of each supported resource type. */
const RESOURCES: Readonly<Record<string, (jobs: Jobs) => Input[]>> = {
  TrainingJob: ({ training }) =>
    training.list().map(({ description, tags: Tags }) => ({ ...describedTrainingJob(description), Tags })),
  HyperParameterTuningJob: (jobs) =>
    jobs.tuning.list().map((record) => ({
      ...describedTuningJob(describeTuningJob(jobs, record)),
      Tags: record.tags,
    })),
};

/**
 * Response of Search: finds training and tuning jobs by any property, hyperparameter, final metric or tag.
 * SageMaker refuses unknown properties; here, they match no job.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_Search.html
 * @throws AwsError `ValidationException` for an invalid expression
 */
export function search(jobs: Jobs, input: Input): unknown {
  const { Resource: resource, SearchExpression: expression, SortBy = 'LastModifiedTime' } = input;
  const listed = RESOURCES[String(resource)];
  if (listed === undefined) {
    throw validationError(
      `local mode only searches ${Object.keys(RESOURCES).join(' and ')}, got ${String(resource)}`,
    );
  }
  if (input['VisibilityConditions'] !== undefined) {
    throw validationError(
      'local mode does not support VisibilityConditions in sagemaker:Search: filter by Tags.<key>',
    );
  }
  checkExpression(expression as SearchExpression | undefined);
  jobs.training.refresh();
  jobs.tuning.refresh();
  // A search in other accounts finds nothing, because local mode has only one account.
  const isElsewhere = input['CrossAccountFilterOption'] === 'CrossAccount';
  const found = (isElsewhere ? [] : listed(jobs)).filter(
    (job) => expression === undefined || holds(expression as SearchExpression, job),
  );
  const keys = { [String(SortBy)]: (job: Input) => sortKey(propertyOf(job, String(SortBy))[0]) };
  const { items, ...token } = sortedPage(found, { SortOrder: 'Descending', ...input }, keys);
  return {
    Results: items.map((job) => ({ [String(resource)]: job })),
    TotalHits: { Value: found.length, Relation: 'EqualTo' },
    ...token,
  };
}

function holds(expression: SearchExpression, job: Input): boolean {
  const { Filters = [], NestedFilters = [], SubExpressions = [], Operator = 'And' } = expression;
  const conditions = [
    ...Filters.map((filter) => () => fits(filter, job)),
    // At least one item of the list must match all filters.
    ...NestedFilters.map(({ NestedPropertyName: name, Filters: filters }) => () => {
      const path = name.split('.');
      const within = (item: unknown) => path.reduceRight<unknown>((inside, key) => ({ [key]: inside }), item);
      return valuesAt(job, path)
        .flat()
        .some((item) => filters.every((filter) => fits(filter, within(item) as Input)));
    }),
    ...SubExpressions.map((each) => () => holds(each, job)),
  ];
  return Operator === 'Or' ? conditions.some((each) => each()) : conditions.every((each) => each());
}

/** @throws AwsError for an expression that SageMaker refuses regardless of the jobs */
function checkExpression(expression: SearchExpression | undefined): void {
  const filters = filtersIn(expression);
  const without = filters.find(
    ({ Operator, Value }) => Value === undefined && !/Exists$/.test(Operator ?? ''),
  );
  if (without !== undefined) throw validationError(`The filter of ${without.Name} needs a Value.`);
  if (filters.filter(({ Operator }) => Operator === 'Contains').length > 1) {
    throw validationError("'CONTAINS' operator usage limit of 1 exceeded.");
  }
}

function filtersIn(expression: SearchExpression | undefined): Filter[] {
  const { Filters = [], NestedFilters = [], SubExpressions = [] } = expression ?? {};
  return [...Filters, ...NestedFilters.flatMap((each) => each.Filters), ...SubExpressions.flatMap(filtersIn)];
}

function fits(
  { Name: name, Operator: operator = 'Equals', Value: wanted = '' }: Filter,
  job: Input,
): boolean {
  const values = propertyOf(job, name);
  switch (operator) {
    case 'Exists':
      return values.length > 0;
    case 'NotExists':
      return values.length === 0;
    case 'NotEquals':
      return !values.some((value) => compare(value, wanted, name) === 0);
    case 'In':
      return values.some((value) => wanted.split(',').some((each) => each.trim() === String(value)));
    case 'Contains':
      return values.some((value) => String(value).includes(wanted));
    default: {
      const orders = values.map((value) => compare(value, wanted, name));
      if (operator !== 'Equals' && orders.some(Number.isNaN)) {
        throw validationError(`The operator ${operator} is not supported for ${name}, which is a string.`);
      }
      return orders.some((order) => ORDERS[operator]?.(order) === true);
    }
  }
}

/** For each operator, a function that tests the result of `compare`. */
const ORDERS: Readonly<Record<string, (order: number) => boolean>> = {
  Equals: (order) => order === 0,
  GreaterThan: (order) => order > 0,
  GreaterThanOrEqualTo: (order) => order >= 0,
  LessThan: (order) => order < 0,
  LessThanOrEqualTo: (order) => order <= 0,
};

/**
 * Compares a property with a value: as numbers, as times (epoch seconds and ISO 8601), or as strings. The
 * result is negative, 0 or positive; for unequal strings, NaN.
 */
function compare(value: unknown, wanted: string, name: string): number {
  const number = Number(value);
  // A decimal hyperparameter is compared as an integer if the filter's value is an integer (API reference, Filter).
  const given = name.startsWith('HyperParameters.') && /^-?\d+$/.test(wanted) ? Math.trunc(number) : number;
  const limit = Number(wanted);
  if (!Number.isNaN(given) && !Number.isNaN(limit)) return given - limit;
  if (typeof value === 'number')
    return value - Date.parse(/(Z|[+-]\d\d:?\d\d)$/.test(wanted) ? wanted : `${wanted}Z`) / 1000;
  return String(value) === wanted ? 0 : Number.NaN;
}

/**
 * The values of a property by its name, such as `Metrics.validation:rmse`, `Tags.team` or
 * `ResourceConfig.InstanceType`.
 */
function propertyOf(job: Input, name: string): unknown[] {
  const [first = '', ...rest] = name.split('.');
  const key = rest.join('.');
  const itemsAt = (member: string) => valuesAt(job, [member]).flat() as Input[];
  switch (first) {
    case 'HyperParameters':
      return valuesAt(job, [first, key]);
    case 'Metrics':
      return itemsAt('FinalMetricDataList').flatMap((each) =>
        each['MetricName'] === key ? [each['Value']] : [],
      );
    case 'Tags':
      return itemsAt(first).flatMap((each) => (each['Key'] === key ? [each['Value']] : []));
    default:
      return valuesAt(job, [first, ...rest]).flat();
  }
}

/** Sorts numbers, including those stored as strings, by value. */
function sortKey(value: unknown): string | number | undefined {
  if (value === undefined) return undefined;
  return Number.isNaN(Number(value)) ? String(value) : Number(value);
}
