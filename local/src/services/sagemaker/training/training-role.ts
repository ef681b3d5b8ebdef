import type { Environment } from '../../../assembly/deployment';
import { parseImage } from '../../../training/image-uri';
import type { Authorizer } from '../../iam/authorizer';
import type { CreateTrainingJobRequest } from '../api-types';

/** The authorization checks for a training job's role. */
export type JobRoleAccess = Pick<Authorizer, 'checkAccess' | 'checkKey'>;

/**
 * Permissions that the role needs to pull the image from ECR.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/sagemaker-roles.html#sagemaker-roles-createtrainingjob-perms
 */
const PULL_ACTIONS = ['ecr:BatchCheckLayerAvailability', 'ecr:GetDownloadUrlForLayer', 'ecr:BatchGetImage'];

/** Permissions that the role needs for the KMS keys of artifacts and volumes. */
const OUTPUT_KEY_ACTIONS = ['kms:Encrypt', 'kms:GenerateDataKey'];
const VOLUME_KEY_ACTIONS = [
  'kms:CreateGrant',
  'kms:Decrypt',
  'kms:DescribeKey',
  'kms:GenerateDataKeyWithoutPlaintext',
];

/** A request member with a KMS key. `keyId` is undefined or empty for the default key. */
interface NamedKey {
  readonly member: string;
  readonly keyId: string | undefined;
}

/** A job's role, and the image and KMS keys that it uses. */
export interface JobRoleUse {
  readonly roleArn: string;
  readonly image: string;
  readonly outputKey: NamedKey;
  readonly volumeKey: NamedKey;
}

/** Checks the role of a training job: see {@link checkJobRole}. */
export function checkTrainingRole(
  { RoleArn: roleArn, AlgorithmSpecification, OutputDataConfig, ResourceConfig }: CreateTrainingJobRequest,
  access: JobRoleAccess,
  environment: Environment,
): void {
  const use: JobRoleUse = {
    roleArn,
    image: AlgorithmSpecification.TrainingImage ?? '',
    outputKey: { member: 'OutputDataConfig', keyId: OutputDataConfig.KmsKeyId },
    volumeKey: { member: 'ResourceConfig', keyId: ResourceConfig?.VolumeKmsKeyId },
  };
  checkJobRole(use, access, environment);
}

/**
 * Checks that a job's role is allowed to use the image and the KMS keys of its request. Local mode neither
 * pulls from ECR nor encrypts, but on AWS the job would fail without these permissions.
 *
 * @throws Error with the job's failure reason
 */
export function checkJobRole(
  { roleArn: arn, image, outputKey, volumeKey }: JobRoleUse,
  access: JobRoleAccess,
  environment: Environment,
): void {
  failing(
    'Cannot pull algorithm container. Either the image does not exist or its permissions are incorrect.',
    () => checkPull(image, arn, access, environment),
  );
  failing(`Cannot use the KMS key of ${outputKey.member}.`, () => {
    const { keyId } = outputKey;
    if (keyId) access.checkKey({ arn }, { keyId, actions: OUTPUT_KEY_ACTIONS, service: 's3' });
  });
  failing(`Cannot use the KMS key of ${volumeKey.member}.`, () => {
    const { keyId } = volumeKey;
    const context = { 'kms:GrantIsForAWSResource': 'true' };
    if (keyId)
      access.checkKey({ arn }, { keyId, actions: VOLUME_KEY_ACTIONS, service: 'sagemaker', context });
  });
}

function checkPull(image: string, arn: string, access: JobRoleAccess, { partition }: Environment): void {
  const { account, repository } = parseImage(image);
  const region = /\.dkr\.ecr(?:-fips)?\.([^.]+)\./.exec(image)?.[1];
  if (account === undefined || region === undefined) {
    // An image outside ECR needs no permissions.
    return;
  }
  access.checkAccess({ arn }, 'ecr:GetAuthorizationToken', '*');
  for (const action of PULL_ACTIONS) {
    access.checkAccess({ arn }, action, `arn:${partition}:ecr:${region}:${account}:repository/${repository}`);
  }
}

function failing(problem: string, check: () => void): void {
  try {
    check();
  } catch (error) {
    throw new Error(`ClientError: ${problem} ${(error as Error).message}`);
  }
}
