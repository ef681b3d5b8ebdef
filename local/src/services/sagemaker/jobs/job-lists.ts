import { validationError } from '../../aws-error';
import type { Input } from '../../service';
import type { Tag, TrainingJobDescription, TrainingJobSummary, TuningJobDescription } from '../api-types';

type Key = string | number;

/** What a list can be sorted by, and the key of an item for it: undefined for those that come last. */
type SortKeys<T> = Readonly<Record<string, (item: T) => Key | undefined>>;

const DEFAULT_MAX_RESULTS = 10;

/** Answers ListTrainingJobsForHyperParameterTuningJob. */
export function listTrainingJobsOfTuningJob(summaries: readonly TrainingJobSummary[], input: Input): unknown {
  const kept = summaries.filter(
    (summary) =>
      isEqual(input['StatusEquals'], summary.TrainingJobStatus) &&
      // Sorting by the metric leaves out the jobs that have none, as SageMaker's documentation says.
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

/** Answers ListTrainingJobs. */
export function listTrainingJobs(jobs: readonly TrainingJobDescription[], input: Input): unknown {
  // No job here has a warm pool or a training plan.
  const isForNone = ['WarmPoolStatusEquals', 'TrainingPlanArnEquals'].some((name) =>
    Object.hasOwn(input, name),
  );
  const members = ['TrainingEndTime', 'SecondaryStatus'];
  const wanted = { SortBy: 'CreationTime', ...input };
  return listJobs('TrainingJob', isForNone ? [] : jobs, wanted, (job) => pick(job, members));
}

/** Answers ListHyperParameterTuningJobs. */
export function listTuningJobs(jobs: readonly TuningJobDescription[], input: Input): unknown {
  const members = ['HyperParameterTuningEndTime', 'TrainingJobStatusCounters', 'ObjectiveStatusCounters'];
  return listJobs('HyperParameterTuningJob', jobs, input, (job) => ({
    ...pick(job, members),
    ...pick(job.HyperParameterTuningJobConfig, ['Strategy', 'ResourceLimits']),
  }));
}

/** Times of a job in epoch seconds. */
interface JobTimes {
  readonly CreationTime: number;
  readonly LastModifiedTime: number;
}

/**
 * Answers a List operation of jobs.
 *
 * @param kind what the members of the jobs begin with, such as `TrainingJob` of `TrainingJobName`
 * @param more what a summary has in addition to name, ARN, status and times
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

/** Of something, the members that it has among these. */
export function pick(from: object, members: readonly string[]): object {
  return Object.fromEntries(Object.entries(from).filter(([member]) => members.includes(member)));
}

/** Answers ListTags. A job has 50 tags at most: they are always one page unless the caller asks for fewer. */
export function listTags(tags: readonly Tag[], input: Input): { Tags: Tag[]; NextToken?: string } {
  const { items, ...token } = page(tags, { MaxResults: tags.length, ...input });
  return { Tags: items, ...token };
}

/** Whether something is what a filter asks for. */
export function isEqual(wanted: unknown, given: string): boolean {
  return wanted === undefined || wanted === given;
}

/** Whether a name has the part that a request asks for. */
function isNamed({ NameContains: part }: Input, name: string): boolean {
  // Names are compared without regard to case everywhere.
  return part === undefined || name.toLowerCase().includes(String(part).toLowerCase());
}

/** Whether a job's times are within those that the request asks for. */
function isWithin(input: Input, { CreationTime: created, LastModifiedTime: modified }: JobTimes): boolean {
  return (
    created > timeOf(input['CreationTimeAfter'], Number.NEGATIVE_INFINITY) &&
    created < timeOf(input['CreationTimeBefore'], Number.POSITIVE_INFINITY) &&
    modified > timeOf(input['LastModifiedTimeAfter'], Number.NEGATIVE_INFINITY) &&
    modified < timeOf(input['LastModifiedTimeBefore'], Number.POSITIVE_INFINITY)
  );
}

/** Epoch seconds: as the protocol has them, or as a text of a state machine. */
function timeOf(value: unknown, absent: number): number {
  if (value === undefined) {
    return absent;
  }
  return typeof value === 'number' ? value : Date.parse(String(value)) / 1000;
}

/** The page of a list that a request asks for, in the order that it asks for; by the first of the keys if it names none. */
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

/** The page of a list that a request asks for. */
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
