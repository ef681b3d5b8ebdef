import { join } from 'node:path';
import { App, CfnParameter, Duration, Stack, type StackProps } from 'aws-cdk-lib';
import { SnsTopic } from 'aws-cdk-lib/aws-events-targets';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import * as sns from 'aws-cdk-lib/aws-sns';
import { readSettings } from '../bin/settings';
import { TuningStack } from '../bin/tuning-stack';
import { context } from '../cdk.json';
import {
  Algorithm,
  type AutoMlWorkflowProps,
  ContainerImage,
  DataLocation,
  FinalTrainingData,
  FleetItems,
  Framework,
  InputData,
  ModelRegistry,
  Objective,
  ParameterRange,
  QualityGate,
  type SageMakerWorkflow,
  ScriptSource,
  TuningFleet,
  type TuningFleetProps,
  TuningIntegration,
  TuningStrategy,
  type TuningWorkflowProps,
} from '../lib';
import { autoMlWorkflow, csv } from './automl/fixtures';
import { TUNING, vpcIn, workflow } from './fixtures';

/** An app for the linters and the static checks of permissions. */
export interface Variant {
  /** Describes the subject of the variant, for example `TuningWorkflow with a VPC, anywhere`. */
  readonly name: string;
  /** Creates the app. The caller synthesizes it. */
  readonly app: () => App;
}

const FIXED = { account: '123456789012', region: 'eu-west-1' };

const ENVIRONMENTS: readonly [string, StackProps['env']][] = [
  ['anywhere', undefined],
  ['in a fixed environment', FIXED],
];

const METRICS = [{ name: 'validation:rmse', regex: 'rmse=(.*)' }];

const SCRIPT = {
  algorithm: Algorithm.script({
    source: ScriptSource.fromFolder(join(__dirname, '../examples/script/code')),
    entryPoint: 'train_sklearn.py',
    framework: Framework.scikitLearn('1.4-2'),
    metrics: METRICS,
  }),
  objective: Objective.minimize('validation:rmse'),
  hyperparameters: {},
  parameterRanges: [ParameterRange.continuous('learning-rate', { min: 0.01, max: 0.1 })],
};

const APPS: readonly [string, StackProps['env'], Record<string, unknown>][] = [
  ['anywhere', undefined, {}],
  ['in a fixed environment', FIXED, {}],
  ['in a fixed region of any account', { region: 'cn-north-1' }, {}],
  ['bootstrapped with a qualifier', undefined, { '@aws-cdk/core:bootstrapQualifier': 'mine' }],
  ['with data that is already in S3', undefined, { 'tuning:data': 's3://lake/bikes' }],
];

const WORKFLOWS: readonly [string, (stack: Stack) => Partial<TuningWorkflowProps>][] = [
  ['the defaults', () => ({})],
  ['a job name prefix derived from the deployed stack', () => ({ jobNamePrefix: undefined })],
  ['a VPC', (stack) => ({ vpc: vpcIn(stack) })],
  ['a key', (stack) => ({ encryptionKey: keyIn(stack) })],
  ['a role', (stack) => ({ trainingRole: roleIn(stack) })],
  ['an imported role', (stack) => ({ trainingRole: iam.Role.fromRoleName(stack, 'Role', 'mine') })],
  ['a bucket', (stack) => ({ bucket: bucketIn(stack) })],
  ['spot instances with checkpoints', () => ({ spot: {} })],
  ['Hyperband, by the SDK integration', () => ({ strategy: TuningStrategy.hyperband({ maxResource: 9 }) })],
  [
    'several tuning jobs with the SDK integration',
    () => ({ maxTrainingJobs: 10_000, integration: TuningIntegration.SDK }),
  ],
  [
    'a script in a search of several algorithms, on several instances',
    () => ({
      resources: { instanceCount: 2 },
      checkpoints: true,
      furtherDefinitions: [{ name: 'script', ...SCRIPT }],
    }),
  ],
  [
    'a container whose image is known only when the stack is deployed',
    (stack) => {
      const image = ContainerImage.fromRegistry(new CfnParameter(stack, 'Image').valueAsString);
      return { ...SCRIPT, algorithm: Algorithm.container({ image, metrics: METRICS }) };
    },
  ],
  [
    'file systems',
    (stack) => {
      const data = InputData.efs({ fileSystemId: 'fs-01234567', directoryPath: '/data' });
      return { vpc: vpcIn(stack), train: data, validation: data };
    },
  ],
  [
    'data whose location is known only when the stack is deployed',
    (stack) => {
      const folder = new CfnParameter(stack, 'Folder').valueAsString;
      return { train: InputData.csv(DataLocation.fromUri(folder)) };
    },
  ],
  [
    'a final training on train and validation together, with a key',
    (stack) => ({
      encryptionKey: keyIn(stack),
      finalTraining: { data: FinalTrainingData.trainAndValidation() },
    }),
  ],
  [
    'an evaluation, a quality gate and a registry, with a key and a VPC',
    (stack) => ({
      encryptionKey: keyIn(stack),
      vpc: vpcIn(stack),
      evaluation: {},
      qualityGate: QualityGate.noWorseThanApproved(),
      registry: ModelRegistry.group(),
    }),
  ],
  [
    'a registry with an existing group, and nothing else',
    () => ({ registry: ModelRegistry.existingGroup('churn'), finalTraining: { reuseBest: true } }),
  ],
  [
    'everything brought',
    (stack) => ({
      vpc: vpcIn(stack),
      encryptionKey: keyIn(stack),
      trainingRole: roleIn(stack),
      evaluation: { role: roleIn(stack, 'ModelRole') },
      bucket: bucketIn(stack),
    }),
  ],
];

const AUTOML_WORKFLOWS: readonly [string, (stack: Stack) => Partial<AutoMlWorkflowProps>][] = [
  ['the defaults', () => ({})],
  ['a job name prefix derived from the deployed stack', () => ({ jobNamePrefix: undefined })],
  ['a VPC', (stack) => ({ vpc: vpcIn(stack) })],
  ['a key', (stack) => ({ encryptionKey: keyIn(stack) })],
  ['data elsewhere', () => ({ train: csv('train'), validation: csv('validation') })],
  [
    'everything brought',
    (stack) => ({
      vpc: vpcIn(stack),
      encryptionKey: keyIn(stack),
      trainingRole: iam.Role.fromRoleName(stack, 'Role', 'mine'),
      bucket: bucketIn(stack),
    }),
  ],
];

const FLEETS: readonly [string, (stack: Stack) => Partial<TuningFleetProps>][] = [
  ['the defaults', () => ({})],
  ['a job name prefix derived from the deployed stack', () => ({ jobNamePrefix: undefined })],
  ['every night', () => ({ skipUnchanged: true, warmStartFromPrevious: true })],
  [
    'a key, and a bucket with a different key',
    (stack) => ({ encryptionKey: keyIn(stack), bucket: encryptedBucketIn(stack) }),
  ],
  [
    'a list in a bucket, a key, a check of quotas, and a model package group for each item',
    (stack) => ({
      encryptionKey: keyIn(stack),
      items: FleetItems.csv(DataLocation.fromBucket(bucketIn(stack), 'items.csv')),
      checkQuotas: true,
      evaluation: {},
      qualityGate: QualityGate.noWorseThanApproved(),
      registry: ModelRegistry.group(),
    }),
  ],
  [
    'folders, by the SDK integration',
    (stack) => {
      const stores = DataLocation.fromBucket(bucketIn(stack), 'stores/');
      return {
        strategy: TuningStrategy.hyperband({ maxResource: 9 }),
        items: FleetItems.folders(stores),
        allowedInputLocations: [stores],
      };
    },
  ],
];

/** Fleet options that add permissions or states. */
function allOptions(stack: Stack): Partial<TuningFleetProps> {
  return {
    bucket: bucketIn(stack),
    encryptionKey: keyIn(stack),
    vpc: vpcIn(stack),
    maxTrainingJobs: 10_000,
    maxTuningRuntime: Duration.days(1),
    finalTraining: { data: FinalTrainingData.trainAndValidation() },
    evaluation: {},
    qualityGate: QualityGate.noWorseThanApproved(),
    registry: ModelRegistry.group(),
    checkQuotas: true,
    skipUnchanged: true,
    cost: { pricePerHour: { 'ml.m5.xlarge': 0.23 }, maxCost: 1e6 },
  };
}

/** The default app, and a workflow for each prop that changes permissions. */
export const VARIANTS: readonly Variant[] = [
  ...APPS.map(([name, env, settings]) => ({ name: `the app, ${name}`, app: () => tuningApp(env, settings) })),
  ...ENVIRONMENTS.flatMap(([where, env]) => [
    ...WORKFLOWS.map(([name, props]) => ({
      name: `TuningWorkflow with ${name}, ${where}`,
      app: () => appOf(env, (stack) => workflow(props(stack), stack)),
    })),
    ...AUTOML_WORKFLOWS.map(([name, props]) => ({
      name: `AutoMlWorkflow with ${name}, ${where}`,
      app: () => appOf(env, (stack) => autoMlWorkflow(props(stack), stack)),
    })),
    {
      name: `TuningWorkflow, started and watched, ${where}`,
      app: () => appOf(env, (stack) => operate(workflow({}, stack))),
    },
    {
      name: `AutoMlWorkflow with a key, started and watched, ${where}`,
      app: () => appOf(env, (stack) => operate(autoMlWorkflow({ encryptionKey: keyIn(stack) }, stack))),
    },
  ]),
  ...ENVIRONMENTS.flatMap(([where, env]) =>
    FLEETS.map(([name, props]) => ({
      name: `TuningFleet with ${name}, ${where}`,
      app: () =>
        appOf(env, (stack) => {
          new TuningFleet(stack, 'Fleet', { ...TUNING, jobNamePrefix: 'stores', ...props(stack) });
        }),
    })),
  ),
  ...ENVIRONMENTS.map(([where, env]) => ({
    name: `TuningFleet with all options, a VPC and a key, started and watched, ${where}`,
    app: () =>
      appOf(env, (stack) =>
        operate(
          new TuningFleet(stack, 'Fleet', { ...TUNING, jobNamePrefix: 'stores', ...allOptions(stack) }),
        ),
      ),
  })),
  { name: 'TuningWorkflow without feature flags', app: () => workflow().node.root as App },
];

function tuningApp(env: StackProps['env'], settings: Record<string, unknown>): App {
  const app = new App({ context: { ...context, ...settings } });
  new TuningStack(app, 'SageMakerTuning', { env, settings: readSettings(app.node) });
  return app;
}

function appOf(env: StackProps['env'], fill: (stack: Stack) => void): App {
  const app = new App({ context });
  fill(new Stack(app, 'Stack', { env }));
  return app;
}

/** Adds all constructs that start or monitor a workflow. */
function operate(made: SageMakerWorkflow): void {
  const alias = made.addAlias('live');
  made.startOnSchedule('Nightly', { schedule: ScheduleExpression.rate(Duration.days(1)), alias });
  made.startOnNewData('NewData', { objects: ['_SUCCESS', 'train/*.csv'] });
  made.alarmOnFailure('Alarm');
  made.onFailed('Failed', { target: new SnsTopic(new sns.Topic(made, 'Topic', { enforceSSL: true })) });
}

function roleIn(stack: Stack, id = 'Role'): iam.Role {
  return new iam.Role(stack, id, { assumedBy: new iam.ServicePrincipal('sagemaker.amazonaws.com') });
}

function keyIn(stack: Stack): kms.Key {
  return new kms.Key(stack, 'Key', { enableKeyRotation: true });
}

function encryptedBucketIn(stack: Stack): s3.IBucket {
  const encryptionKey = new kms.Key(stack, 'BucketKey', { enableKeyRotation: true });
  return s3.Bucket.fromBucketAttributes(stack, 'Bucket', { bucketName: 'mine', encryptionKey });
}

function bucketIn(stack: Stack): s3.IBucket {
  return s3.Bucket.fromBucketName(stack, 'Bucket', 'mine');
}
