import { AwsError } from '../../aws-error';
import type { Tag, TrainingJobDescription, TrainingJobSummary, TuningJobDescription } from '../api-types';

type Input = Readonly<Record<string, unknown>>;
type Key = string | number;

/** What a list can be sorted by, and the key of an item for it. */
type SortKeys<T> = Readonly<Record<string, (item: T) => Key>>;

const DEFAULT_MAX_RESULTS = 10;

/** Answers ListTrainingJobsForHyperParameterTuningJob. */
export function listTrainingJobsOfTuningJob(
  summaries: readonly TrainingJobSummary[],
  input: Input,
): { TrainingJobSummaries: TrainingJobSummary[]; NextToken?: string } {
  const sortBy = String(input['SortBy'] ?? 'Name');
  const kept = summaries.filter(
    (summary) =>
      isEqual(input['StatusEquals'], summary.TrainingJobStatus) &&
      // Sorting by the metric leaves out the jobs that have none, as SageMaker's documentation says.
      (sortBy !== 'FinalObjectiveMetricValue' ||
        summary.FinalHyperParameterTuningJobObjectiveMetric !== undefined),
  );
  const sorted = sort(kept, input, sortBy, {
    Name: (summary) => summary.TrainingJobName,
    CreationTime: (summary) => summary.CreationTime,
    Status: (summary) => summary.TrainingJobStatus,
    FinalObjectiveMetricValue: (summary) =>
      summary.FinalHyperParameterTuningJobObjectiveMetric?.Value ?? Number.NaN,
  });
  const { items, ...token } = page(sorted, input);
  return { TrainingJobSummaries: items, ...token };
}

/** Answers ListTrainingJobs. */
export function listTrainingJobs(jobs: readonly TrainingJobDescription[], input: Input): unknown {
  // No job here has a warm pool or a training plan.
  const isForNone = ['WarmPoolStatusEquals', 'TrainingPlanArnEquals'].some((name) =>
    Object.hasOwn(input, name),
  );
  const kept = jobs.filter(
    (job) =>
      !isForNone &&
      isNamed(input, job.TrainingJobName) &&
      isEqual(input['StatusEquals'], job.TrainingJobStatus) &&
      isWithin(input, job),
  );
  const sorted = sort(kept, input, String(input['SortBy'] ?? 'CreationTime'), {
    Name: (job) => job.TrainingJobName,
    CreationTime: (job) => job.CreationTime,
    Status: (job) => job.TrainingJobStatus,
  });
  const { items, ...token } = page(sorted, input);
  return {
    TrainingJobSummaries: items.map((job) => ({
      TrainingJobName: job.TrainingJobName,
      TrainingJobArn: job.TrainingJobArn,
      CreationTime: job.CreationTime,
      ...(job.TrainingEndTime !== undefined && { TrainingEndTime: job.TrainingEndTime }),
      LastModifiedTime: job.LastModifiedTime,
      TrainingJobStatus: job.TrainingJobStatus,
      SecondaryStatus: job.SecondaryStatus,
    })),
    ...token,
  };
}

/** Answers ListHyperParameterTuningJobs. */
export function listTuningJobs(jobs: readonly TuningJobDescription[], input: Input): unknown {
  const kept = jobs.filter(
    (job) =>
      isNamed(input, job.HyperParameterTuningJobName) &&
      isEqual(input['StatusEquals'], job.HyperParameterTuningJobStatus) &&
      isWithin(input, job),
  );
  const sorted = sort(kept, input, String(input['SortBy'] ?? 'Name'), {
    Name: (job) => job.HyperParameterTuningJobName,
    CreationTime: (job) => job.CreationTime,
    Status: (job) => job.HyperParameterTuningJobStatus,
  });
  const { items, ...token } = page(sorted, input);
  return {
    HyperParameterTuningJobSummaries: items.map((job) => ({
      HyperParameterTuningJobName: job.HyperParameterTuningJobName,
      HyperParameterTuningJobArn: job.HyperParameterTuningJobArn,
      HyperParameterTuningJobStatus: job.HyperParameterTuningJobStatus,
      Strategy: job.HyperParameterTuningJobConfig.Strategy,
      CreationTime: job.CreationTime,
      ...(job.HyperParameterTuningEndTime !== undefined && {
        HyperParameterTuningEndTime: job.HyperParameterTuningEndTime,
      }),
      LastModifiedTime: job.LastModifiedTime,
      TrainingJobStatusCounters: job.TrainingJobStatusCounters,
      ObjectiveStatusCounters: job.ObjectiveStatusCounters,
      ResourceLimits: job.HyperParameterTuningJobConfig.ResourceLimits,
    })),
    ...token,
  };
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
export function isNamed({ NameContains: part }: Input, name: string): boolean {
  // Names are compared without regard to case everywhere.
  return part === undefined || name.toLowerCase().includes(String(part).toLowerCase());
}

/** Whether a job's times are within those that the request asks for. */
export function isWithin(
  input: Input,
  { CreationTime: created, LastModifiedTime: modified }: { CreationTime: number; LastModifiedTime: number },
): boolean {
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

function sort<T>(items: readonly T[], input: Input, sortBy: string, keys: SortKeys<T>): T[] {
  const keyOf = keys[sortBy] ?? Object.values(keys)[0];
  const sorted = items
    .map((item) => ({ item, key: keyOf?.(item) ?? '' }))
    .sort((left, right) => (left.key < right.key ? -1 : left.key > right.key ? 1 : 0))
    .map(({ item }) => item);
  return input['SortOrder'] === 'Descending' ? sorted.reverse() : sorted;
}

/** The page of a list that a request asks for. */
export function page<T>(items: readonly T[], input: Input): { items: T[]; NextToken?: string } {
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
    throw new AwsError(
      'ValidationException',
      `NextToken: "${String(token)}" is not a token of this operation`,
    );
  }
  return start;
}
