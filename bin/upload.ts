import { Size } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { type LearningTask, settingsFor } from './learning-task';
import type { Settings } from './settings';
import { SettingsError } from './settings-error';
import type { TrainingData } from './training-data';

const MIB = 2 ** 20;

/**
 * Storage that the function needs in addition to the data. 128 MiB is enough, because the AWS CLI is in a Lambda layer,
 * which does not use this storage.
 */
const SPARE_MIB = 128;

/**
 * Storage of a Lambda function, in MiB.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_EphemeralStorage.html
 */
const STORAGE = { min: 512, max: 10_240, step: 512 };

/**
 * Memory of the function, in MiB. CPU and network bandwidth grow with the memory. 128 MiB, the default in earlier
 * versions of aws-cdk-lib, was not enough for 100 MB. New AWS accounts can be limited to 3,008 MiB.
 *
 * @see https://github.com/aws/aws-cdk/issues/7950
 * @see https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
 */
const MEMORY: readonly { readonly upToMib: number; readonly memory: number }[] = [
  { upToMib: 256, memory: 1024 },
  { upToMib: 1024, memory: 2048 },
  { upToMib: Number.POSITIVE_INFINITY, memory: 3008 },
];

/** Context key that local mode sets when it synthesizes an app. In local mode, the size of the data is not limited. */
const LOCAL_MODE = 'cdk-sagemaker-tuning-local';

/** Memory and storage for the Lambda function of aws-cdk-lib's `BucketDeployment`. */
export interface UploadResources {
  readonly memoryLimit: number;
  readonly ephemeralStorageSize: Size;
}

/**
 * The memory and storage needed to upload the data. The function stores both the archive and its unpacked content, and
 * the archive can be as large as the content.
 *
 * @throws SettingsError if the data is too large for a Lambda function. Local mode copies data of any size
 */
export function uploadResources(
  scope: IConstruct,
  data: TrainingData,
  settings: Settings,
  task: LearningTask,
): UploadResources {
  const mib = data.bytes / MIB;
  const storage = Math.ceil((2 * mib + SPARE_MIB) / STORAGE.step) * STORAGE.step;
  if (storage > STORAGE.max && scope.node.tryGetContext(LOCAL_MODE) === undefined) {
    throw new SettingsError(tooLarge(data, settings, task));
  }
  return {
    memoryLimit: MEMORY.find(({ upToMib }) => mib <= upToMib)?.memory ?? STORAGE.max,
    ephemeralStorageSize: Size.mebibytes(Math.min(Math.max(storage, STORAGE.min), STORAGE.max)),
  };
}

function tooLarge({ bytes, folder }: TrainingData, settings: Settings, task: LearningTask): string {
  const gib = (size: number) => `${(size / 1024).toFixed(1)} GiB`;
  const most = (STORAGE.max - SPARE_MIB) / 2;
  const options = Object.entries(settingsFor(task)).map(
    ([name, value]) =>
      ` --context 'tuning:${name}=${typeof value === 'string' ? value : JSON.stringify(value)}'`,
  );
  const input = 's3://<BucketName>/input/<folder>/';
  const sync = (place: string) =>
    `aws s3 sync '${folder}' ${place} --exclude '*' --include 'train/*' --include 'validation/*'`;
  return [
    `tuning:data: ${settings.data} has ${gib(bytes / MIB)} to upload, and a deployment can upload at most ${gib(most)} (the Lambda function that copies it has ${STORAGE.max.toLocaleString('en-US')} MiB of storage).`,
    'Upload the data to a folder of your own bucket, and deploy with this location. Then start executions with {}:',
    `  ${sync('s3://<bucket>/<folder>/')}`,
    `  npx cdk deploy --context tuning:data=s3://<bucket>/<folder>/${options.join('')}`,
    'Or, if a stack with these settings is already deployed, upload the data to the bucket of the stack, and give the location in the input:',
    `  ${sync(input)}`,
    `  aws stepfunctions start-execution --state-machine-arn <arn> --input '{"train": "${input}train/", "validation": "${input}validation/"}'`,
    'npm run local has no such limit.',
  ].join('\n');
}
