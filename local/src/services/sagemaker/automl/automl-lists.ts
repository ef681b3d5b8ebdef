import type { Input } from '../../service';
import { isEqual, listJobs, pick, sortedPage } from '../jobs/job-lists';
import type { AutoMLCandidate, AutoMLJobRecord } from './automl-types';

/** What ListCandidatesForAutoMLJob answers. By value, the candidates without one come last. */
export function listCandidates(candidates: readonly AutoMLCandidate[], input: Input): unknown {
  const found = candidates.filter(
    ({ CandidateStatus: status, CandidateName: name }) =>
      isEqual(input['StatusEquals'], status) && isEqual(input['CandidateNameEquals'], name),
  );
  const { items, ...token } = sortedPage(found, input, {
    CreationTime: ({ CreationTime }) => CreationTime,
    Status: ({ CandidateStatus }) => CandidateStatus,
    FinalObjectiveMetricValue: ({ FinalAutoMLJobObjectiveMetric: metric }) => metric?.Value,
  });
  return { Candidates: items, ...token };
}

/** What ListAutoMLJobs answers. */
export function listAutoMLJobs(jobs: readonly AutoMLJobRecord[], input: Input): unknown {
  const members = ['AutoMLJobSecondaryStatus', 'EndTime', 'FailureReason'];
  const descriptions = jobs.map(({ description }) => description);
  // Descending unless asked otherwise, as the service model says.
  return listJobs('AutoMLJob', descriptions, { SortOrder: 'Descending', ...input }, (job) =>
    pick(job, members),
  );
}
