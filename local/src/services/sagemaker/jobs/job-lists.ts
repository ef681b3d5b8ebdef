import { validationError } from '../../aws-error';
import type { Input } from '../../service';
import type { Tag, TrainingJobDescription, TrainingJobSummary, TuningJobDescription } from '../api-types';

type Key = string | number;

/** The sort keys of a list, by name. A key function returns undefined for an item that must come last. */
type SortKeys<T> = Readonly<Record<string, (item: T) => Key | undefined>>;

const DEFAULT_MAX_RESULTS = 10;

/** Response of ListTrainingJobsForHyperParameterTuningJob. */
export function listTrainingJobsOfTuningJob(summaries: readonly TrainingJobSummary[], input: Input): unknown {
  const kept = summaries.filter(
    (summary) =>
      isEqual(input['StatusEquals'], summary.TrainingJobStatus) &&
      // Sorting by the metric omits jobs without a value, as documented by SageMaker.
      (input['SortBy'] !== 'FinalObjectiveMetricValue' ||
        summary.FinalHyperParameterTuningJobObjectiveMetric !== undefined),
  );
  const { items, ...token } = sortedPage(kept, input, {
    Name: (summary) => summary.TrainingJobName,
    CreationTime: (summary) => summary.CreationTime,
    Status: (summary) => summary.TrainingJobStatus,
    FinalObjectiveMetricValue: (summary) => summary.FinalHyperParameterTuningJobObjectiveMetric?.Value,
  });
  return { TrainingJobSummaries: items, ...token };
}

/** Response of ListTrainingJobs. */
export function listTrainingJobs(jobs: readonly TrainingJobDescription[], input: Input): unknown {
  // No local job has a warm pool or a training plan, so filters for these match no job.
  const isForNone = ['WarmPoolStatusEquals', 'TrainingPlanArnEquals'].some((name) =>
    Object.hasOwn(input, name),
  );
  const members = ['TrainingEndTime', 'SecondaryStatus'];
  const wanted = { SortBy: 'CreationTime', ...input };
  return listJobs('TrainingJob', isForNone ? [] : jobs, wanted, (job) => pick(job, members));
}

/** Response of ListHyperParameterTuningJobs. */
export function listTuningJobs(jobs: readonly TuningJobDescription[], input: Input): unknown {
  const members = ['HyperParameterTuningEndTime', 'TrainingJobStatusCounters', 'ObjectiveStatusCounters'];
  return listJobs('HyperParameterTuningJob', jobs, input, (job) => ({
    ...pick(job, members),
    ...pick(job.HyperParameterTuningJobConfig, ['Strategy', 'ResourceLimits']),
  }));
}

/** A job's times in epoch seconds. */
interface JobTimes {
  readonly CreationTime: number;
  readonly LastModifiedTime: number;
}

/**
 * Response of an operation that lists jobs.
 *
 * @param kind prefix of the names of a job's members, such as `TrainingJob` in `TrainingJobName`
 * @param more returns the members of a job's summary other than its name, ARN, status and times
 */
export function listJobs<Job extends JobTimes>(
  kind: string,
  jobs: readonly Job[],
  input: Input,
  more: (job: Job) => object,
): unknown {
  const text = (job: Job, member: string): string => String((job as unknown as Input)[`${kind}${member}`]);
  const kept = jobs.filter(
    (job) =>
      isNamed(input, text(job, 'Name')) &&
      isEqual(input['StatusEquals'], text(job, 'Status')) &&
      isWithin(input, job),
  );
  const { items, ...token } = sortedPage(kept, input, {
    Name: (job) => text(job, 'Name'),
    CreationTime: (job) => job.CreationTime,
    Status: (job) => text(job, 'Status'),
  });
  const members = [`${kind}Name`, `${kind}Arn`, `${kind}Status`, 'CreationTime', 'LastModifiedTime'];
  return { [`${kind}Summaries`]: items.map((job) => ({ ...pick(job, members), ...more(job) })), ...token };
}

/** Picks the named members that an object has. */
export function pick(from: object, members: readonly string[]): object {
  return Object.fromEntries(Object.entries(from).filter(([member]) => members.includes(member)));
}

/**
 * Response of ListTags. A job has at most 50 tags, so there is only one page unless the caller requests smaller
 * pages.
 */
export function listTags(tags: readonly Tag[], input: Input): { Tags: Tag[]; NextToken?: string } {
  const { items, ...token } = page(tags, { MaxResults: tags.length, ...input });
  return { Tags: items, ...token };
}

/** Whether a value matches a filter. A missing filter matches all values. */
export function isEqual(wanted: unknown, given: string): boolean {
  return wanted === undefined || wanted === given;
}

/** Whether a name contains the requested part. */
export function isNamed({ NameContains: part }: Input, name: string): boolean {
  // SageMaker compares names case-insensitively.
  return part === undefined || name.toLowerCase().includes(String(part).toLowerCase());
}

/** Whether a job's times are within the requested limits. */
export function isWithin(
  input: Input,
  { CreationTime: created, LastModifiedTime: modified }: JobTimes,
): boolean {
  return (
    created > timeOf(input['CreationTimeAfter'], Number.NEGATIVE_INFINITY) &&
    created < timeOf(input['CreationTimeBefore'], Number.POSITIVE_INFINITY) &&
    modified > timeOf(input['LastModifiedTimeAfter'], Number.NEGATIVE_INFINITY) &&
    modified < timeOf(input['LastModifiedTimeBefore'], Number.POSITIVE_INFINITY)
  );
}

/** Converts a time to epoch seconds. Clients send numbers, state machines send strings. */
function timeOf(value: unknown, absent: number): number {
  if (value === undefined) {
    return absent;
  }
  return typeof value === 'number' ? value : Date.parse(String(value)) / 1000;
}

/** Sorts a list as requested, by default by the first key, and returns the requested page. */
export function sortedPage<T>(items: readonly T[], input: Input, keys: SortKeys<T>) {
  const [first] = Object.values(keys);
  const keyOf = keys[String(input['SortBy'])] ?? first;
  const keyed = items.map((item) => ({ item, key: keyOf?.(item) }));
  const sorted = keyed
    .filter(({ key }) => key !== undefined)
    .sort(({ key: left = '' }, { key: right = '' }) => (left < right ? -1 : left > right ? 1 : 0));
  if (input['SortOrder'] === 'Descending') sorted.reverse();
  return page(
    [...sorted, ...keyed.filter(({ key }) => key === undefined)].map(({ item }) => item),
    input,
  );
}

/** The requested page of a list. */
function page<T>(items: readonly T[], input: Input): { items: T[]; NextToken?: string } {
  const start = readToken(input['NextToken']);
  const end = start + Number(input['MaxResults'] ?? DEFAULT_MAX_RESULTS);
  return {
    items: items.slice(start, end),
    ...(end < items.length && { NextToken: Buffer.from(`${end}`).toString('base64url') }),
  };
}

function readToken(token: unknown): number {
  const start = token === undefined ? 0 : Number(Buffer.from(String(token), 'base64url').toString());
  if (!Number.isInteger(start) || start < 0) {
    throw validationError(`NextToken: "${String(token)}" is not a token of this operation`);
  }
  return start;
}
