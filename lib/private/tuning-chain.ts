import { Token } from 'aws-cdk-lib';
import type { TuningOptions } from '../tuning-options';
import type { FleetItemOptions } from './fleet-item';
import { LIMITS } from './limits';
import { hasSeveralDefinitions } from './tuning-definitions';

/**
 * Maximum number of training jobs of each tuning job in a chain. SageMaker limits the total number of training jobs of
 * a tuning job and its parents. A tuning job and its five parents share this limit.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_HyperParameterTuningJobWarmStartConfig.html
 */
export const CHAINED_TUNING_JOB_SIZE = Math.floor(
  LIMITS.warmStartTrainingJobs / (LIMITS.parentTuningJobs + 1),
);

/**
 * Whether the search can run several tuning jobs one after the other, because its props ask for more training jobs than
 * one tuning job can run.
 */
export function isChain(tuning: TuningOptions & FleetItemOptions): boolean {
  const { maxTrainingJobs } = tuning;
  return (
    maxTrainingJobs !== undefined &&
    !Token.isUnresolved(maxTrainingJobs) &&
    maxTrainingJobs > LIMITS.trainingJobs &&
    whyNoChain(tuning) === undefined
  );
}

/**
 * Why the search can run only one tuning job; undefined if it can run several. Every tuning job except the first needs
 * a warm start. SageMaker documents the warm start only for Bayesian and random searches, and a random search
 * learns nothing from earlier tuning jobs.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/automatic-model-tuning-warm-start.html
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/multiple-algorithm-hpo.html
 */
export function whyNoChain(
  tuning: Pick<TuningOptions, 'strategy' | 'warmStart' | 'furtherDefinitions'> & FleetItemOptions,
): string | undefined {
  const { strategy, warmStart } = tuning;
  const name = strategy?.name ?? 'Bayesian';
  if (name === 'Random') return 'quota of SageMaker';
  const more = `more than ${LIMITS.trainingJobs} need several tuning jobs with a warm start`;
  if (name !== 'Bayesian') return `${more}, which SageMaker documents only for Bayesian and random searches`;
  if (hasSeveralDefinitions(tuning))
    return `${more}, which SageMaker does not support for several definitions`;
  if (warmStart?.tuningJobNames.length) {
    return `${more}, and the training jobs of the tuning jobs in warmStart would count against their limits`;
  }
  if (tuning._startsFromLastSuccess) {
    return `${more}, and the training jobs of the tuning job before (warmStartFromPrevious) would count against their limits`;
  }
  return undefined;
}

/**
 * JSONata for a list with the number of training jobs of each tuning job in a chain. It needs the variable
 * `$trainingJobs`.
 */
export const TUNING_JOB_SIZES = `(
      $tuningJobs := $trainingJobs > ${LIMITS.trainingJobs} ? $ceil($trainingJobs / ${CHAINED_TUNING_JOB_SIZE}) : 1;
      [$map([1..$tuningJobs], function($number) { $floor($trainingJobs / $tuningJobs) + ($number <= $trainingJobs % $tuningJobs ? 1 : 0) })]
    )`;

/** JSONata condition: whether the chain has run a tuning job before this one. */
export const HAS_EARLIER_TUNING_JOBS = '$count($states.input.settings.earlierTuningJobNames) > 0';
