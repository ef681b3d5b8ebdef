import type { Construct } from 'constructs';
import type { TrainingJobDefinition } from '../tasks/training-job-definition';
import { warn } from './warn';

/**
 * Families of instance types with local NVMe storage: either all sizes of a family have it, or none do. SageMaker uses
 * this storage instead of a volume. It rejects `VolumeKmsKeyId` for these types, because their hardware encrypts the
 * storage with its own keys.
 *
 * The source of the rule is the API reference of `ResourceConfig`: "You can't request a VolumeKmsKeyId when using an
 * instance type with local storage". The source of the families is EC2's DescribeInstanceTypes
 * (`instance-storage-supported`, `NvmeSupport: required`) as recorded by moto 5.2.5. That recording lacks the
 * family p6e-gb200, whose source is EC2's documentation of accelerated instances.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ResourceConfig.html
 * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instance-store-volumes.html
 */
const FAMILIES_WITH_INSTANCE_STORAGE: ReadonlySet<string> = new Set(
  [
    'c5ad c5d c6gd c6id c7gd c8gd c8id c9gd m5ad m5d m5dn m6gd m6id m6idn m7gd m8gd m8id m8idb m8idn m9gd',
    'r5ad r5d r5dn r6gd r6id r6idn r7gd r8gd r8id r8idb r8idn r9gd x2gd x2idn x2iedn x8aedz z1d',
    'd3 d3en f2 hpc6id i3 i3en i4g i4i i7i i7ie i8g i8ge im4gn is4gen',
    'g4dn g5 g6 g6e g6f g7 g7e gr6 gr6f p3dn p4d p4de p5 p5e p5en p6-b200 p6-b300 p6e-gb200',
    'trn1 trn1n trn2 trn2u',
  ].flatMap((line) => line.split(' ')),
);

/** Whether an instance type has local NVMe storage; false if the type is unknown at synth. */
export function hasInstanceStorage(instanceType: string): boolean {
  return FAMILIES_WITH_INSTANCE_STORAGE.has(/^ml\.([^.]+)\./.exec(instanceType)?.[1] ?? '');
}

/** Whether SageMaker accepts a KMS key for a training job's volumes. False if any instance has local storage. */
export function takesVolumeKey(definition: TrainingJobDefinition): boolean {
  return !instanceTypes(definition).some(hasInstanceStorage);
}

/**
 * Warns, once per scope, about volumes that the key does not encrypt. If one instance group has local storage, the
 * request has no key, not even for the volumes of the other groups.
 */
export function warnOfVolumesWithoutKey(
  scope: Construct,
  definitions: readonly TrainingJobDefinition[],
): void {
  for (const definition of definitions) {
    const without = instanceTypes(definition).filter((type) => !hasInstanceStorage(type));
    if (!definition.volumeEncryptionKey || takesVolumeKey(definition) || without.length === 0) continue;
    warn(
      scope,
      'volumesWithoutKey',
      `The key does not encrypt the volumes of ${without.join(', ')}; AWS encrypts them with its own key. The instance groups include types with local NVMe storage, for which SageMaker rejects a key, and a training job has one key for all groups`,
    );
  }
}

function instanceTypes({ instanceGroups, instanceType }: TrainingJobDefinition): string[] {
  return instanceGroups?.map((group) => group.instanceType) ?? (instanceType ? [instanceType] : []);
}
