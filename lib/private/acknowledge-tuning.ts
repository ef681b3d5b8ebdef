import type * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { TuningFragment } from '../tuning-fragment';
import { acknowledgeInvocations, acknowledgeWildcards } from './acknowledge';
import { jobArn, MODEL, TRAINING_JOB, TRANSFORM_JOB, TUNING_JOB } from './job-policies';

/** Acknowledges cdk-nag's findings about wildcards in the permissions of a `TuningFragment`'s state machine. */
export function acknowledgeTuningWildcards(stateMachine: sfn.StateMachine, fragment: TuningFragment): void {
  const { jobNamePrefix, evaluateModelFunction } = fragment;
  const kinds = [TUNING_JOB, TRAINING_JOB, ...(evaluateModelFunction ? [MODEL, TRANSFORM_JOB] : [])];
  acknowledgeWildcards(
    stateMachine,
    kinds.map((kind) => jobArn(stateMachine, kind, `${jobNamePrefix}-`)),
    'Jobs get their names when they start, so the permissions are limited to the prefix of the names',
  );
  acknowledgeInvocations(stateMachine, [
    fragment.findBestTrainingJobFunction,
    fragment.reportFunction,
    fragment.prepareFinalTrainingFunction,
    evaluateModelFunction,
  ]);
  acknowledgeWildcards(
    stateMachine,
    fragment._registered,
    'Versions of the model package group get their number when they are registered; models and evaluations are below prefixes of the bucket',
  );
}
