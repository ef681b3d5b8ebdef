import type { TrainingInstance } from '../../../training/trainer';
import { type AwsError, validationError } from '../../aws-error';
import type { ResourceConfig, TrainingDefinition, TuningTrainingDefinition } from '../api-types';

/** Maximum number of instances of a training job. Each instance runs as one or several processes on this machine. */
const MAX_INSTANCES = 20;

/**
 * The instances of a training job: `algo-1`, `algo-2`, and so on, numbered across all instance groups.
 *
 * @throws AwsError when there are no instances or more than local mode allows, or when the request has both
 *   `InstanceGroups` and `InstanceType`
 */
export function instancesOf(definition: TrainingDefinition): TrainingInstance[] {
  const { InstanceGroups: groups = [], ...one } = resourcesOf(definition);
  if (groups.length > 0 && (one.InstanceType !== undefined || one.InstanceCount !== undefined)) {
    throw invalid('use InstanceGroups, or InstanceType and InstanceCount, not both');
  }
  const names = groups.map(({ InstanceGroupName: name }) => name);
  if (new Set(names).size < names.length) {
    throw invalid(`the names of the InstanceGroups must be different, got ${names.join(', ')}`);
  }
  const parts =
    groups.length > 0
      ? groups.map((group) => ({
          type: group.InstanceType,
          count: group.InstanceCount,
          group: group.InstanceGroupName,
        }))
      : [{ type: one.InstanceType, count: one.InstanceCount, group: undefined }];
  const total = parts.reduce((sum, { count = 0 }) => sum + count, 0);
  if (total < 1 || parts.some(({ type }) => type === undefined)) {
    throw invalid('an instance type and an instance count of at least 1 are required');
  }
  if (total > MAX_INSTANCES) {
    throw invalid(
      `local mode runs at most ${MAX_INSTANCES} instances, as processes of this machine, got ${total}`,
    );
  }
  let number = 0;
  return parts.flatMap(({ type = '', count = 0, group }) =>
    Array.from({ length: count }, () => ({
      name: `algo-${++number}`,
      instanceType: type,
      ...(group !== undefined && { group }),
    })),
  );
}

/**
 * The instances of a training job. If a tuning job lists several instance types, uses the first: local mode has
 * no capacity limits.
 */
export function resourcesOf(definition: TrainingDefinition): ResourceConfig {
  const { HyperParameterTuningResourceConfig: tuning } = definition as TuningTrainingDefinition;
  if (tuning === undefined) {
    return definition.ResourceConfig ?? {};
  }
  if (definition.ResourceConfig !== undefined) {
    throw invalid('use ResourceConfig or HyperParameterTuningResourceConfig, not both');
  }
  const { InstanceConfigs: [first] = [], VolumeKmsKeyId: key, ...one } = tuning;
  if (first === undefined) {
    return tuning;
  }
  if (one.InstanceType !== undefined || one.InstanceCount !== undefined || one.VolumeSizeInGB !== undefined) {
    throw invalid(
      'HyperParameterTuningResourceConfig: use InstanceConfigs, or InstanceType with InstanceCount and VolumeSizeInGB, not both',
    );
  }
  const { InstanceType, InstanceCount, VolumeSizeInGB } = first;
  return { InstanceType, InstanceCount, VolumeSizeInGB, ...(key !== undefined && { VolumeKmsKeyId: key }) };
}

function invalid(message: string): AwsError {
  return validationError(`ResourceConfig: ${message}`);
}
