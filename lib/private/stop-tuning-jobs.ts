import type * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import { SageMakerJobKind, StopAbandonedJobs } from '../stop-abandoned-jobs';
import type { TuningFragment } from '../tuning-fragment';
import type { TuningOptions } from '../tuning-options';
import { usesSdk } from './integration';

/**
 * Creates the construct that stops the tuning jobs of executions that have ended. Returns undefined if Step Functions
 * stops the jobs itself.
 */
export function stopTuningJobs(
  scope: Construct,
  tuning: TuningOptions,
  stateMachine: sfn.IStateMachine,
  { jobNamePrefix }: TuningFragment,
): StopAbandonedJobs | undefined {
  if (!usesSdk(tuning)) return undefined;
  return new StopAbandonedJobs(scope, 'StopAbandonedJobs', {
    stateMachine,
    jobNamePrefix,
    kinds: [SageMakerJobKind.TUNING],
    encryptionKey: tuning.encryptionKey,
  });
}
