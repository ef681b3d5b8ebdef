import type { TrainingResources } from '../tuning-options';
import { instancesOf } from './cost';
import { DEFAULTS } from './defaults';
import { crossValidates, trainsFinalModel } from './final-training';
import { withDefaults } from './training-resources';
import type { TuningDefinition, TuningInput } from './tuning-definitions';

/** The instances that a job of a fleet item uses. The function `lambda/list-fleet-items` reads these. */
export interface QuotaUse {
  /** Name of the quota in Service Quotas. */
  readonly quota: string;
  readonly instances: number;
  /** Whether each of the item's parallel training jobs uses this number of instances. */
  readonly parallel?: true;
}

/**
 * The quotas that limit an item. Only the training jobs of the search run at the same time; all other jobs of an item
 * run one after the other.
 */
export function quotaUses(tuning: TuningInput, definitions: readonly TuningDefinition[]): QuotaUse[] {
  const { spot, finalTraining, evaluation } = tuning;
  const search = definitions.flatMap(({ resources, algorithm }) =>
    usesOf(withDefaults(resources, algorithm), spot ? 'spot training' : 'training'),
  );
  const final = definitions.flatMap(({ resources, algorithm }) =>
    usesOf(
      withDefaults(finalTraining?.resources ?? resources, algorithm),
      finalTraining?.spot ? 'spot training' : 'training',
    ),
  );
  const { instanceType = DEFAULTS.instanceType, instanceCount = 1 } = evaluation?.resources ?? {};
  return [
    ...search.map((use) => ({ ...use, parallel: true as const })),
    ...(trainsFinalModel(tuning) || crossValidates(tuning) ? final : []),
    ...(evaluation ? usesOf({ instanceType, instanceCount }, 'transform') : []),
  ];
}

/**
 * A quota's name contains the instance type and the kind of job, such as `ml.m5.xlarge for spot training job usage`.
 *
 * @see https://docs.aws.amazon.com/general/latest/gr/sagemaker.html#limits_sagemaker
 */
function usesOf(resources: TrainingResources, job: 'training' | 'spot training' | 'transform'): QuotaUse[] {
  const counts = new Map<string, number>();
  // Instance groups can have the same instance type.
  for (const [type, count] of instancesOf(resources)) counts.set(type, (counts.get(type) ?? 0) + count);
  return [...counts].map(([type, instances]) => ({ quota: `${type} for ${job} job usage`, instances }));
}
