import { AwsError } from '../aws-error';
import type { TrainingJobSummary } from './api-types';

const DEFAULT_MAX_RESULTS = 10;

type Key = string | number;

const SORT_KEYS: Readonly<Record<string, (summary: TrainingJobSummary) => Key>> = {
  Name: (summary) => summary.TrainingJobName,
  CreationTime: (summary) => summary.CreationTime,
  Status: (summary) => summary.TrainingJobStatus,
  FinalObjectiveMetricValue: (summary) =>
    summary.FinalHyperParameterTuningJobObjectiveMetric?.Value ?? Number.NaN,
};

/** Filters, sorts and cuts into pages what ListTrainingJobsForHyperParameterTuningJob answers. */
export function listTrainingJobs(
  summaries: readonly TrainingJobSummary[],
  input: Readonly<Record<string, unknown>>,
): { TrainingJobSummaries: TrainingJobSummary[]; NextToken?: string } {
  const sortBy = String(input['SortBy'] ?? 'Name');
  const keyOf = SORT_KEYS[sortBy] ?? SORT_KEYS['Name'];
  const status = input['StatusEquals'];
  const sorted = summaries
    .filter((summary) => status === undefined || summary.TrainingJobStatus === status)
    // Sorting by the metric leaves out the jobs that have none, as SageMaker's documentation says.
    .filter(
      (summary) =>
        sortBy !== 'FinalObjectiveMetricValue' ||
        summary.FinalHyperParameterTuningJobObjectiveMetric !== undefined,
    )
    .map((summary) => ({ summary, key: keyOf?.(summary) ?? '' }))
    .sort((left, right) => (left.key < right.key ? -1 : left.key > right.key ? 1 : 0))
    .map(({ summary }) => summary);
  if (input['SortOrder'] === 'Descending') {
    sorted.reverse();
  }
  const start = readToken(input['NextToken']);
  const end = start + Number(input['MaxResults'] ?? DEFAULT_MAX_RESULTS);
  return {
    TrainingJobSummaries: sorted.slice(start, end),
    ...(end < sorted.length && { NextToken: Buffer.from(`${end}`).toString('base64url') }),
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
