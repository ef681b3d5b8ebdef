import { Token } from 'aws-cdk-lib';
import type { Algorithm } from '../algorithm/algorithm';
import type { TrainingResources } from '../tuning-options';
import { DEFAULTS } from './defaults';

/** Resources, with the algorithm's recommended instance type and volume as defaults. */
export function withDefaults(
  resources: TrainingResources | undefined,
  algorithm: Algorithm,
): TrainingResources {
  const volumeSize = resources?.volumeSize ?? algorithm._definition.defaultVolumeSize;
  if (resources?.instanceGroups) return { ...resources, volumeSize };
  return { ...resources, instanceType: instanceTypesOf(resources, algorithm)[0], volumeSize };
}

/** Instance types of a training job. */
export function instanceTypesOf(resources: TrainingResources | undefined, algorithm: Algorithm): string[] {
  if (resources?.instanceGroups) return resources.instanceGroups.map(({ instanceType }) => instanceType);
  return [resources?.instanceType ?? algorithm._definition.defaultInstanceType ?? DEFAULTS.instanceType];
}

/** Whether a training job can have several instances. If the number is known only at deploy time, returns true. */
export function mayHaveSeveralInstances(resources: TrainingResources | undefined): boolean {
  const count = instanceCountOf(resources);
  return Token.isUnresolved(count) || count > 1;
}

/** Number of instances of a training job. If the number of any instance group is a token, the result is a token. */
export function instanceCountOf(resources: TrainingResources | undefined): number {
  const groups = resources?.instanceGroups;
  if (!groups) return resources?.instanceCount ?? 1;
  const counts = groups.map(({ instanceCount }) => instanceCount);
  return counts.find((count) => Token.isUnresolved(count)) ?? counts.reduce((sum, count) => sum + count, 0);
}
