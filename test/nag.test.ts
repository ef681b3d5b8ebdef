import { join } from 'node:path';
import { App, CfnParameter, Stack, type StackProps, Validations } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { AwsSolutionsChecks } from 'cdk-nag';
import { readSettings } from '../bin/settings';
import { TuningStack } from '../bin/tuning-stack';
import { context } from '../cdk.json';
import {
  Algorithm,
  ContainerImage,
  DataLocation,
  Framework,
  InputData,
  Objective,
  ParameterRange,
  ScriptSource,
  TuningStrategy,
  type TuningWorkflowProps,
} from '../lib';
import { vpcIn, workflow } from './fixtures';

const FIXED = { account: '123456789012', region: 'eu-west-1' };

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

/** What cdk-nag's AwsSolutions pack finds in an app and nobody has acknowledged. */
function findingsOf(app: App): string[] {
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  try {
    app.synth();
    return [];
  } catch (error) {
    return [String(error)];
  }
}

describe('cdk-nag AwsSolutions finds nothing that is not acknowledged', () => {
  test.each<[string, StackProps['env'], Record<string, unknown>]>([
    ['anywhere', undefined, {}],
    ['in a fixed environment', FIXED, {}],
    ['in a fixed region of any account', { region: 'cn-north-1' }, {}],
    ['bootstrapped with a qualifier', FIXED, { '@aws-cdk/core:bootstrapQualifier': 'mine' }],
    ['with data that is in S3 already', FIXED, { 'tuning:data': 's3://lake/bikes' }],
  ])('in the app, %s', (_name, env, settings) => {
    const app = new App({ context: { ...context, ...settings } });
    new TuningStack(app, 'SageMakerTuning', { env, settings: readSettings(app.node) });
    expect(findingsOf(app)).toEqual([]);
  });

  const variants: [string, (stack: Stack) => Partial<TuningWorkflowProps>][] = [
    ['the defaults', () => ({})],
    ['a VPC', (stack) => ({ vpc: vpcIn(stack) })],
    ['a key', (stack) => ({ encryptionKey: new kms.Key(stack, 'Key', { enableKeyRotation: true }) })],
    ['a role', (stack) => ({ trainingRole: roleIn(stack) })],
    ['an imported role', (stack) => ({ trainingRole: iam.Role.fromRoleName(stack, 'Role', 'mine') })],
    ['a bucket', (stack) => ({ bucket: s3.Bucket.fromBucketName(stack, 'Bucket', 'mine') })],
    ['spot instances with checkpoints', () => ({ spot: {} })],
    ['Hyperband, by the SDK integration', () => ({ strategy: TuningStrategy.hyperband({ maxResource: 9 }) })],
    [
      'a script, in a search of several algorithms, on several instances',
      () => ({
        resources: { instanceCount: 2 },
        checkpoints: true,
        furtherDefinitions: [{ name: 'script', ...SCRIPT }],
      }),
    ],
    [
      'a container whose image is known when the stack is deployed',
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
      'data whose place is known when the stack is deployed',
      (stack) => {
        const folder = new CfnParameter(stack, 'Folder').valueAsString;
        return { train: InputData.csv(DataLocation.fromUri(folder)) };
      },
    ],
    [
      'everything brought',
      (stack) => ({
        vpc: vpcIn(stack),
        encryptionKey: new kms.Key(stack, 'Key', { enableKeyRotation: true }),
        trainingRole: roleIn(stack),
        bucket: s3.Bucket.fromBucketName(stack, 'Bucket', 'mine'),
      }),
    ],
  ];
  describe.each<[string, StackProps['env']]>([
    ['anywhere', undefined],
    ['in a fixed environment', FIXED],
  ])('%s', (_name, env) => {
    test.each(variants)('with %s', (_variant, props) => {
      const app = new App({ context });
      const stack = new Stack(app, 'Stack', { env });
      workflow(props(stack), stack);
      expect(findingsOf(app)).toEqual([]);
    });
  });

  test('without feature flags', () => {
    const app = new App();
    workflow({}, new Stack(app, 'Stack'));
    expect(findingsOf(app)).toEqual([]);
  });

  test('and a wildcard that someone adds is still found', () => {
    const app = new App({ context });
    const stack = new Stack(app, 'Stack');
    const { trainingRole } = workflow({}, stack);
    trainingRole.addToPrincipalPolicy(new iam.PolicyStatement({ actions: ['s3:*'], resources: ['*'] }));
    expect(findingsOf(app).join('\n')).toMatch(/AwsSolutions-IAM5\[Action::s3:\*]/);
  });
});

function roleIn(stack: Stack): iam.Role {
  return new iam.Role(stack, 'Role', { assumedBy: new iam.ServicePrincipal('sagemaker.amazonaws.com') });
}
