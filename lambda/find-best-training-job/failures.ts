import { DescribeTrainingJobCommand, type SageMakerClient } from '@aws-sdk/client-sagemaker';
import {
  type CommonReason,
  commonReasons,
  type FailedJob,
} from '../../local/src/failure-reasons/common-reasons';
import { isAccessDenied, isNotFound } from '../shared/sagemaker-errors';
import { listTrainingJobs, MAX_PAGES } from '../shared/training-job-summaries';

/** Failed training jobs that are described one by one because their summaries give no reason. */
const MAX_DESCRIBED = 10;

/** The reason that most of the failed training jobs have in common. */
export interface CommonFailure extends CommonReason {
  /** Failed training jobs with a reason that were looked at. */
  readonly examined: number;
}

/** Why most of a tuning job's failed training jobs failed; `undefined` if none failed or none says why. */
export async function findCommonFailure(
  client: SageMakerClient,
  tuningJobName: string,
): Promise<CommonFailure | undefined> {
  const failed: FailedJob[] = [];
  let toDescribe = MAX_DESCRIBED;
  const { summaries } = await listTrainingJobs(client, tuningJobName, MAX_PAGES, 'Failed');
  for (const { TrainingJobName: name, FailureReason: summaryReason } of summaries) {
    if (name === undefined) {
      continue;
    }
    const reason = summaryReason || (toDescribe-- > 0 ? await describeReason(client, name) : undefined);
    if (reason) {
      failed.push({ name, reason });
    }
  }
  const [most] = commonReasons(failed);
  return most && { ...most, examined: failed.length };
}

async function describeReason(client: SageMakerClient, trainingJobName: string): Promise<string | undefined> {
  try {
    const job = await client.send(new DescribeTrainingJobCommand({ TrainingJobName: trainingJobName }));
    return job.FailureReason;
  } catch (error) {
    // The reason is an extra in an error message: not worth another error in its place.
    if (isAccessDenied(error) || isNotFound(error)) {
      return undefined;
    }
    throw error;
  }
}
