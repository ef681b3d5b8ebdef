import { isEqual, isNamed, isWithin, page } from '../jobs/job-lists';
import type { AutoMLCandidate, AutoMLJobRecord } from './automl-types';

type Input = Readonly<Record<string, unknown>>;
type Key = string | number;

const CANDIDATE_KEYS: Readonly<Record<string, (candidate: AutoMLCandidate) => Key | undefined>> = {
  CreationTime: ({ CreationTime }) => CreationTime,
  Status: ({ CandidateStatus }) => CandidateStatus,
  FinalObjectiveMetricValue: ({ FinalAutoMLJobObjectiveMetric: metric }) => metric?.Value,
};

const JOB_KEYS: Readonly<Record<string, (job: AutoMLJobRecord) => Key>> = {
  Name: ({ name }) => name,
  CreationTime: ({ description }) => description.CreationTime,
  Status: ({ description }) => description.AutoMLJobStatus,
};

/** What ListCandidatesForAutoMLJob answers. By value, the candidates without one come last. */
export function listCandidates(
  candidates: readonly AutoMLCandidate[],
  input: Input,
): { Candidates: AutoMLCandidate[]; NextToken?: string } {
  const found = candidates.filter(
    ({ CandidateStatus: status, CandidateName: name }) =>
      isEqual(input['StatusEquals'], status) && isEqual(input['CandidateNameEquals'], name),
  );
  const keyOf = CANDIDATE_KEYS[String(input['SortBy'] ?? 'CreationTime')] ?? (() => undefined);
  const { items, ...next } = page(sort(found, keyOf, input['SortOrder'] === 'Descending'), input);
  return { Candidates: items, ...next };
}

/** What ListAutoMLJobs answers. */
export function listAutoMLJobs(jobs: readonly AutoMLJobRecord[], input: Input) {
  const found = jobs.filter(
    ({ name, description }) =>
      isEqual(input['StatusEquals'], description.AutoMLJobStatus) &&
      isNamed(input, name) &&
      isWithin(input, description),
  );
  const keyOf = JOB_KEYS[String(input['SortBy'] ?? 'Name')] ?? (() => undefined);
  // Descending unless asked otherwise, as the service model says.
  const { items, ...next } = page(sort(found, keyOf, input['SortOrder'] !== 'Ascending'), input);
  return { AutoMLJobSummaries: items.map(summarize), ...next };
}

function summarize({ description }: AutoMLJobRecord) {
  const { EndTime, FailureReason } = description;
  return {
    AutoMLJobName: description.AutoMLJobName,
    AutoMLJobArn: description.AutoMLJobArn,
    AutoMLJobStatus: description.AutoMLJobStatus,
    AutoMLJobSecondaryStatus: description.AutoMLJobSecondaryStatus,
    CreationTime: description.CreationTime,
    LastModifiedTime: description.LastModifiedTime,
    ...(EndTime !== undefined && { EndTime }),
    ...(FailureReason !== undefined && { FailureReason }),
  };
}

function sort<T>(items: readonly T[], keyOf: (item: T) => Key | undefined, descending: boolean): T[] {
  return items
    .map((item) => ({ item, key: keyOf(item) }))
    .sort(({ key: left }, { key: right }) => {
      if (left === undefined || right === undefined) {
        return Number(left === undefined) - Number(right === undefined);
      }
      const order = left < right ? -1 : left > right ? 1 : 0;
      return descending ? -order : order;
    })
    .map(({ item }) => item);
}
