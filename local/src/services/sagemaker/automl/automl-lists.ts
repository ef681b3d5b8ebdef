import type { Input } from '../../service';
import { isEqual, listJobs, pick, sortedPage } from '../jobs/job-lists';
import type { AutoMLCandidate, AutoMLJobRecord } from './automl-types';

/** Response of ListCandidatesForAutoMLJob. If the list is sorted by value, candidates without a value come last. */
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

/** Response of ListAutoMLJobs. */
export function listAutoMLJobs(jobs: readonly AutoMLJobRecord[], input: Input): unknown {
  const members = ['AutoMLJobSecondaryStatus', 'EndTime', 'FailureReason'];
  const descriptions = jobs.map(({ description }) => description);
  // ListAutoMLJobs sorts in descending order by default (service model).
  return listJobs('AutoMLJob', descriptions, { SortOrder: 'Descending', ...input }, (job) =>
    pick(job, members),
  );
}
