import { DescribeTrainingJobCommand, type SageMakerClient } from '@aws-sdk/client-sagemaker';
import {
  type CommonReason,
  commonReasons,
  type FailedJob,
} from '../../local/src/failure-reasons/common-reasons';
import { isUnreadable } from '../shared/sagemaker-errors';
import { listTrainingJobs, MAX_PAGES } from '../shared/training-job-summaries';

/** Maximum number of failed training jobs to describe if their summaries do not have a failure reason. */
const MAX_DESCRIBED = 10;

/** The most common failure reason of the failed training jobs. */
export interface CommonFailure extends CommonReason {
  /** Number of examined training jobs that have a failure reason. */
  readonly examined: number;
}

/** The most common failure reason of a tuning job's training jobs; `undefined` if there is no failure reason. */
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
    // The reason is only an addition to an error message, which must be shown even if the reason cannot be read.
    if (isUnreadable(error)) {
      return undefined;
    }
    throw error;
  }
}
