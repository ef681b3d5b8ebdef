import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Bucket, type IBucket } from 'aws-cdk-lib/aws-s3';
import { BucketDeployment, Source } from 'aws-cdk-lib/aws-s3-deployment';
import { readSettings } from '../../../bin/settings';
import { TuningStack } from '../../../bin/tuning-stack';
import {
  Algorithm,
  DataLocation,
  FinalTrainingData,
  FleetItems,
  ModelRegistry,
  Objective,
  ParameterRange,
  QualityGate,
  TuningFleet,
  TuningStrategy,
  TuningWorkflow,
  type TuningWorkflowProps,
  XGBoostVersion,
} from '../../../lib';
import { readAssembly, type StackAssembly } from '../../src/assembly';
import { writeRegressionCsv } from '../training/support';

/** This project's app with a small data set. */
export function tuningApp(folder: string): StackAssembly {
  return synthesizeApp(folder, (app, data) => {
    app.node.setContext('tuning:data', data);
    const settings = readSettings(app.node);
    return new TuningStack(app, settings.stackName, { settings });
  });
}

/** A workflow whose bucket, artifacts and volumes are encrypted with a KMS key of its stack. */
export function encryptedApp(folder: string): StackAssembly {
  return workflowApp(folder, (stack) => ({ encryptionKey: new Key(stack, 'Key') }));
}

/** A workflow with the AWS SDK integration, which polls the tuning job and has a function that stops jobs. */
export function pollingApp(folder: string): StackAssembly {
  return workflowApp(folder, () => ({
    strategy: TuningStrategy.hyperband({ minResource: 1, maxResource: 3 }),
  }));
}

/**
 * A workflow whose search uses early stopping. Its final training uses the training and validation data, without early
 * stopping.
 */
export function preparingApp(folder: string): StackAssembly {
  return workflowApp(folder, (stack) => ({
    encryptionKey: new Key(stack, 'Key'),
    hyperparameters: { objective: 'reg:squarederror', early_stopping_rounds: '2' },
    finalTraining: { data: FinalTrainingData.trainAndValidation() },
  }));
}

/** A workflow that has an encryption key, and that evaluates and registers its final model. */
export function registeringApp(folder: string): StackAssembly {
  return workflowApp(folder, (stack) => ({
    encryptionKey: new Key(stack, 'Key'),
    evaluation: {},
    qualityGate: QualityGate.noWorseThanApproved(),
    registry: ModelRegistry.group(),
  }));
}

/** A fleet with an encrypted bucket and all features that only fleets have. It reads its two items from a file. */
export function fleetApp(folder: string): StackAssembly {
  return synthesizeApp(folder, (app, data) => {
    const stack = new Stack(app, 'Test');
    const fleet = new TuningFleet(stack, 'Tuning', {
      ...SMALL_SEARCH,
      encryptionKey: new Key(stack, 'Key'),
      trainPrefix: 'input/train/',
      validationPrefix: 'input/validation/',
      items: FleetItems.jsonLines(DataLocation.fromBucket(listBucketIn(stack, folder), 'items.jsonl')),
      checkQuotas: true,
      skipUnchanged: true,
      registry: ModelRegistry.group({ name: 'permissions' }),
    });
    deployData(stack, data, fleet.bucket);
    return stack;
  });
}

function listBucketIn(stack: Stack, folder: string): Bucket {
  const bucket = new Bucket(stack, 'Lists');
  const list = join(folder, 'list');
  mkdirSync(list, { recursive: true });
  writeFileSync(join(list, 'items.jsonl'), '{"id": 1}\n{"id": 2}\n');
  new BucketDeployment(stack, 'List', { sources: [Source.asset(list)], destinationBucket: bucket });
  return bucket;
}

function workflowApp(folder: string, props: (stack: Stack) => Partial<TuningWorkflowProps>): StackAssembly {
  return synthesizeApp(folder, (app, data) => {
    const stack = new Stack(app, 'Test');
    const workflow = new TuningWorkflow(stack, 'Tuning', {
      ...SMALL_SEARCH,
      ...props(stack),
    });
    deployData(stack, data, workflow.bucket);
    return stack;
  });
}

const SMALL_SEARCH = {
  algorithm: Algorithm.xgboost({ version: XGBoostVersion.V3_2_0 }),
  objective: Objective.minimize('validation:rmse'),
  hyperparameters: { objective: 'reg:squarederror' },
  parameterRanges: [
    ParameterRange.integer('num_round', { min: 1, max: 3 }),
    ParameterRange.continuous('eta', { min: 0.1, max: 0.5 }),
  ],
  jobNamePrefix: 'permissions',
};

function deployData(stack: Stack, data: string, bucket: IBucket): void {
  new BucketDeployment(stack, 'Data', {
    sources: [Source.asset(data)],
    destinationBucket: bucket,
    destinationKeyPrefix: 'input/',
    prune: false,
  });
}

function synthesizeApp(folder: string, build: (app: App, data: string) => Stack): StackAssembly {
  const data = join(folder, 'data');
  for (const channel of ['train', 'validation', 'test']) {
    mkdirSync(join(data, channel), { recursive: true });
    writeRegressionCsv(join(data, channel, 'rows.csv'), 60, 3, channel.length);
  }
  const { context } = JSON.parse(readFileSync(resolve(__dirname, '../../../cdk.json'), 'utf8'));
  const app = new App({ outdir: join(folder, 'cdk.out'), context });
  const { stackName } = build(app, data);
  app.synth();
  return withoutWaiting(readAssembly(join(folder, 'cdk.out'), stackName));
}

/** Removes the retries of denied calls, and polls jobs every second. Both changes save time and affect no result. */
function withoutWaiting(assembly: StackAssembly): StackAssembly {
  const text = JSON.stringify(assembly.template)
    .replace(/(MaxAttempts\\*":)\d+/g, '$10')
    .replaceAll('5 * $states.input.polls', '1');
  return { ...assembly, template: JSON.parse(text) };
}
