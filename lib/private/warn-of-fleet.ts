import { Token } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import type { TuningFleetProps } from '../tuning-fleet';
import { DEFAULTS } from './defaults';
import { DEFAULT_CONCURRENCY } from './fleet-states';
import { LIMITS } from './limits';
import { instanceCountOf } from './training-resources';
import type { TuningDefinition } from './tuning-definitions';
import { numberOfTrainingJobs } from './validate-search';
import { warn } from './warn';

/** Number of training instances of a fleet above which synth warns. Quotas of new accounts are often lower. */
const MANY_INSTANCES = 20;

/** Warns if a fleet can exceed the quotas of an account. */
export function warnOfFleet(
  scope: IConstruct,
  props: TuningFleetProps,
  definitions: readonly TuningDefinition[],
): void {
  const { maxConcurrency = DEFAULT_CONCURRENCY, maxParallelTrainingJobs = DEFAULTS.parallelTrainingJobs } =
    props;
  const trainingJobs = numberOfTrainingJobs(props, definitions);
  const instanceCounts = definitions.map(({ resources }) => instanceCountOf(resources));
  if (
    [maxConcurrency, maxParallelTrainingJobs, ...instanceCounts].some((factor) => Token.isUnresolved(factor))
  )
    return;
  const instanceCount = Math.max(...instanceCounts);
  if (maxConcurrency > LIMITS.concurrentTuningJobs) {
    warn(
      scope,
      'fleetTuningJobs',
      `maxConcurrency: SageMaker runs at most ${LIMITS.concurrentTuningJobs} tuning jobs at the same time in an account and region, got ${maxConcurrency}: other items wait for the quota (maxQuotaWait)`,
    );
  }
  const parallel = Token.isUnresolved(trainingJobs)
    ? maxParallelTrainingJobs
    : Math.min(maxParallelTrainingJobs, trainingJobs);
  const instances = maxConcurrency * parallel * instanceCount;
  if (instances > MANY_INSTANCES) {
    warn(
      scope,
      'fleetInstances',
      `maxConcurrency: the fleet can run ${instances} training instances at the same time (${maxConcurrency} items × ${parallel} training jobs × ${instanceCount} instances): check the quota "<instance type> for training job usage" of the account, or give checkQuotas`,
    );
  }
}
