import * as fs from 'node:fs';
import * as path from 'node:path';
import type { RunningServices } from '../../src/services';
import type { ServiceModel } from '../../src/services/model/validator';
import { REFUSED_MEMBERS } from '../../src/services/sagemaker/refused-members';
import { closeServices, start, trainingRequest, tuningRequest } from './helpers';

/*
 * Tests the request members of all services except S3. For each member, one of three things holds: local mode reads it;
 * local mode refuses it with an error that names it; or the list below says that it has no effect. A new version of the
 * service models must not add a member that is silently ignored.
 */

const SOURCES = path.join(__dirname, '../../src');
const MODELS = path.join(SOURCES, 'services/model');

/** Members without an effect that a job, an execution or a user can observe. */
const WITHOUT_EFFECT: readonly string[] = [
  // Members about the capacity and placement of a job.
  ...['AllocationStrategy', 'AutoMLComputeConfig', 'FileSystemAccessMode', 'InfraCheckConfig'],
  ...['InstancePlacementConfig', 'KeepAlivePeriodInSeconds', 'MaxPendingTimeInSeconds', 'TrainingPlanArn'],
  // Model members that have no effect because a batch transform runs on one machine. Pipelines, multi-model containers
  // and ModelDataSource are rejected. The model is called in process, without timeouts and retries.
  ...[
    'ContainerHostname',
    'ContainerMetricsConfig',
    'InferenceExecutionConfig',
    'ManifestEtag',
    'ManifestS3Uri',
  ],
  ...['ModelClientConfig', 'MultiModelConfig', 'TransformAmiVersion'],
  // Model package members that local mode only stores and returns.
  ...[
    'AdditionalInferenceSpecifications',
    'AdditionalInferenceSpecificationsToAdd',
    'CertifyForMarketplace',
    'Domain',
    'DriftCheckBaselines',
  ],
  ...['InferenceSpecification', 'ManagedConfiguration', 'ManagedStorageType', 'MetadataProperties'],
  ...[
    'ModelCard',
    'ModelLifeCycle',
    'ModelMetrics',
    'ModelPackageDescription',
    'ModelPackageRegistrationType',
  ],
  ...[
    'SamplePayloadUrl',
    'SecurityConfig',
    'SkipModelValidation',
    'SourceAlgorithmSpecification',
    'SourceUri',
  ],
  ...[
    'Task',
    'ValidationSpecification',
    'ModelPackageGroupDescription',
    'ApprovalDescription',
    'IncludedData',
  ],
  // Local mode has only one account.
  'CrossAccountFilterOption',
  // Settings for pulling the image, the identity that AWS uses, and the acceptance of a license.
  ...['ImageConfig', 'ModelAccessConfig', 'SessionChainingConfig', 'TrainingImageConfig'],
  // Members that request additional output about a job. The SDK sends some of them by default.
  ...['DebugHookConfig', 'DebugRuleConfigurations', 'EnableSageMakerMetricsTimeSeries', 'ExperimentConfig'],
  ...['ProfilerConfig', 'ProfilerRuleConfigurations', 'RemoteDebugConfig', 'TensorBoardOutputConfig'],
  // Local mode does not mask log data, has one account and one time zone, and always returns the events of all streams in
  // the same order.
  ...['unmask', 'accountIdentifiers', 'includeLinkedAccounts', 'IncludeLinkedAccounts', 'OwningAccount'],
  ...['LabelOptions', 'interleaved'],
  // For every version and alias of a function, local mode runs the template's code.
  'Qualifier',
  // Filters for quotas: local mode has no quotas.
  ...['ServiceCode', 'QuotaCode', 'QuotaAppliedAtLevel'],
  // Context values of all types are compared as strings.
  'ContextKeyType',
];

/** Members that are rejected, so their nested members need no check. */
const REFUSED = [...Object.keys(REFUSED_MEMBERS), 'PolicyExclusionList'];

/** AutoML problem types that are rejected: see automl-checks.test.ts. */
const PROBLEMS = [
  ...['ImageClassificationJobConfig', 'TextClassificationJobConfig'],
  ...['TextGenerationJobConfig', 'TimeSeriesForecastingJobConfig'],
];

const sources = fs
  .readdirSync(SOURCES, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  // Type declarations, and code that only forwards requests, do not count as reading a member.
  .filter((file) => !/(-types|supported-fields|refused-members|supported-members)\.ts$/.test(file))
  .map((file) => fs.readFileSync(path.join(SOURCES, file), 'utf8'))
  .join('\n');
const words = new Set(sources.match(/[\w$]+/g));

/** The paths within a shape of all members that no code reads. Members nested in a skipped member are not checked. */
function unread(model: ServiceModel, name: string, at: string, above: readonly string[] = []): string[] {
  const { members = {}, member, value } = model.shapes[name] ?? { type: 'unknown' };
  const inside = [
    ...Object.entries(members),
    ...[member, value].flatMap((each) => (each ? [['', each] as const] : [])),
  ];
  return above.includes(name)
    ? []
    : inside.flatMap(([key, shape]) => {
        if ([...WITHOUT_EFFECT, ...PROBLEMS, ...REFUSED].includes(key)) {
          return [];
        }
        const place = key === '' ? at : `${at}.${key}`;
        return key === '' || words.has(key) ? unread(model, shape, place, [...above, name]) : [place];
      });
}

const SERVICES = fs
  .readdirSync(MODELS)
  .flatMap((file) => /^(\w+)-model\.json$/.exec(file)?.[1] ?? [])
  .filter((service) => service !== 's3');

test.each(SERVICES)('of %s, every member is known', (service) => {
  const model = JSON.parse(
    fs.readFileSync(path.join(MODELS, `${service}-model.json`), 'utf8'),
  ) as ServiceModel;
  const found = Object.entries(model.operations).flatMap(([operation, shape]) =>
    unread(model, shape, operation),
  );
  expect(found).toEqual([]);
});

describe('SageMaker refuses an unsupported member, and the error has its path', () => {
  let services: RunningServices;
  beforeAll(async () => {
    services = await start();
  });
  afterAll(closeServices);
  const create = (operation: string, input: Record<string, unknown>): Promise<unknown> =>
    services.router.call('sagemaker', operation, input, services.user);
  const training = trainingRequest('job');
  const channel = (source: object) => ({
    InputDataConfig: [{ ...training.InputDataConfig[0], DataSource: source }],
  });
  const s3 = training.InputDataConfig[0]?.DataSource.S3DataSource;

  test.each<[string, Record<string, unknown>]>([
    [
      'ServerlessJobConfig',
      {
        ServerlessJobConfig: {
          BaseModelArn: 'arn:aws:sagemaker:us-east-1:aws:hub-content/x/Model/y/1.0.0',
          JobType: 'FineTuning',
        },
      },
    ],
    [
      'ModelPackageConfig',
      {
        ModelPackageConfig: {
          ModelPackageGroupArn: 'arn:aws:sagemaker:us-east-1:123456789012:model-package-group/x',
        },
      },
    ],
    [
      'MlflowConfig',
      { MlflowConfig: { MlflowResourceArn: 'arn:aws:sagemaker:us-east-1:123456789012:mlflow-app/app-1' } },
    ],
    [
      'ResourceConfig.InstancePreferences',
      {
        ResourceConfig: {
          ...training.ResourceConfig,
          InstancePreferences: [{ InstanceType: 'ml.m5.large', InstanceCount: 1 }],
        },
      },
    ],
    [
      'InputDataConfig[0].DataSource.S3DataSource.HubAccessConfig',
      channel({
        S3DataSource: {
          ...s3,
          HubAccessConfig: { HubContentArn: 'arn:aws:sagemaker:us-east-1:aws:hub-content/x/Model/y/1.0.0' },
        },
      }),
    ],
    [
      'InputDataConfig[0].DataSource.S3DataSource.AttributeNames',
      channel({ S3DataSource: { ...s3, AttributeNames: ['a'] } }),
    ],
  ])('%s', async (member, change) => {
    const expected = { code: 'ValidationException', message: expect.stringContaining(`support ${member} `) };
    await expect(create('CreateTrainingJob', { ...training, ...change })).rejects.toMatchObject(expected);
  });

  test("members of a tuning job's definition", async () => {
    const { TrainingJobDefinition: definition, ...request } = tuningRequest('job');
    const preferences = [{ InstanceType: 'ml.m5.large', InstanceCount: 1 }];
    const ResourceConfig = { ...definition.ResourceConfig, InstancePreferences: preferences };
    const TrainingJobDefinition = { ...definition, ResourceConfig };
    await expect(
      create('CreateHyperParameterTuningJob', { ...request, TrainingJobDefinition }),
    ).rejects.toThrow('support TrainingJobDefinition.ResourceConfig.InstancePreferences ');
  });
});
