import type {
  DescribeHyperParameterTuningJobResponse,
  HyperParameterTrainingJobSummary,
} from '@aws-sdk/client-sagemaker';
import { compareBy, objectiveOf, ranked } from '../shared/objective';

/** The training jobs with an objective value and a model, best first. */
export function rankedSummaries(
  summaries: readonly HyperParameterTrainingJobSummary[],
  tuningJob: DescribeHyperParameterTuningJobResponse,
): HyperParameterTrainingJobSummary[] {
  const { type } = objectiveOf(tuningJob);
  return summaries
    .flatMap((summary) => {
      const job = ranked(summary);
      return job && job.status !== 'Failed' ? [{ summary, job }] : [];
    })
    .sort((one, other) => compareBy(type)(one.job, other.job))
    .map(({ summary }) => summary);
}
