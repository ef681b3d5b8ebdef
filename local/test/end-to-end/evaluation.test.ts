import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DescribeModelPackageCommand, SageMakerClient } from '@aws-sdk/client-sagemaker';
import { ListExecutionsCommand, ListStateMachinesCommand, SFNClient } from '@aws-sdk/client-sfn';
import * as events from 'aws-cdk-lib/aws-events';
import { SfnStateMachine } from 'aws-cdk-lib/aws-events-targets';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { ModelRegistry, ParameterRange, QualityGate } from '../../../lib';
import { workflow } from '../../../test/fixtures';
import { LocalMode, type TuningOutput } from '../../src';
import type { LocalExecution } from '../../src/library/local-execution';
import { writeRegressionCsv } from '../training/support';
import { startCommand, synthesize, temporaryFolder } from './support';

let stack: LocalMode;

/** A workflow with a gate and a registry, and a state machine that starts when a version is approved. */
function synthesizeWorkflow(): string {
  return synthesize((scope) => {
    const props = {
      hyperparameters: { num_round: '30' },
      parameterRanges: [ParameterRange.continuous('eta', { min: 0.2, max: 0.5 })],
      maxTrainingJobs: 2,
      evaluation: {},
      qualityGate: QualityGate.all(
        QualityGate.betterThanBaseline(),
        QualityGate.noWorseThanApproved({ tolerance: 0.1 }),
      ),
      registry: ModelRegistry.group(),
    };
    const { fragment } = workflow(props, scope);
    const deployment = new sfn.StateMachine(scope, 'Deployment', {
      definitionBody: sfn.DefinitionBody.fromChainable(new sfn.Pass(scope, 'Deploy')),
    });
    new events.Rule(scope, 'Approved', {
      eventPattern: {
        source: ['aws.sagemaker'],
        detailType: ['SageMaker Model Package State Change'],
        detail: {
          ModelPackageGroupName: [fragment.modelPackageGroupName],
          ModelApprovalStatus: ['Approved'],
        },
      },
      targets: [new SfnStateMachine(deployment)],
    });
  });
}

function run(input: object): LocalExecution<Required<TuningOutput>> {
  return stack.startExecution({ stateMachine: 'Tuning/StateMachine', input });
}

async function versionOf(arn: string) {
  const client = new SageMakerClient(stack.clientConfig());
  return client.send(new DescribeModelPackageCommand({ ModelPackageName: arn }));
}

beforeAll(async () => {
  stack = await LocalMode.deploy({ assembly: synthesizeWorkflow() });
  for (const [index, channel] of ['train', 'validation', 'test'].entries()) {
    const file = writeRegressionCsv(join(temporaryFolder(), 'a.csv'), 200, 3, index + 1);
    await stack.bucket('Tuning/Bucket').put(`input/${channel}/a.csv`, readFileSync(file));
  }
});

afterAll(() => stack.close());

test('a good model is approved, the next models are compared with it, and a worse model is rejected', async () => {
  const first = run({});
  const output = await first.output();
  const { finalTrainingJob: final, evaluation, gate, modelPackage } = output;
  const { value, lower, upper, baseline } = evaluation.metrics['rmse'] ?? {};
  expect(evaluation).toMatchObject({
    problem: 'Regression',
    rows: 200,
    transformJob: { name: expect.stringContaining(`${output.tuningJob.name}-test-`) },
    model: { name: expect.stringContaining(`${output.tuningJob.name}-model-`) },
  });
  const ordered = [lower, value, upper, baseline].map(Number);
  expect(ordered).toEqual([...ordered].sort((left, right) => left - right));
  expect(new Set(ordered).size).toBe(4);
  expect(gate).toMatchObject({ passed: true, conditions: [{ passed: true }, { passed: true }] });
  expect(modelPackage).toMatchObject({ version: 1, approvalStatus: 'Approved' });
  expect(output).not.toHaveProperty('charts');
  const version = await versionOf(modelPackage.arn);
  expect(version).toMatchObject({
    ModelApprovalStatus: 'Approved',
    InferenceSpecification: {
      Containers: [
        { Image: expect.stringContaining('sagemaker-xgboost:3.2-0'), ModelDataUrl: final.modelArtifacts },
      ],
    },
    ModelMetrics: { ModelQuality: { Statistics: { S3Uri: evaluation.statistics } } },
    CustomerMetadataProperties: {
      execution: first.arn,
      finalTrainingJob: final.name,
      'hyperparameter:num_round': '30',
    },
  });

  // The command `predict` with the registered version gives the same predictions as the transform job.
  const predictions = join(stack.root, 's3', output.evaluation.statistics.slice(5, -15), 'predictions');
  const [file = ''] = readdirSync(predictions);
  const transformed = readFileSync(join(predictions, file), 'utf8').trim().split('\n').map(lastNumber);
  const [, , bucketName = ''] = evaluation.statistics.split('/');
  const testData = join(stack.root, 's3', bucketName, 'input/test/a.csv');
  const out = join(temporaryFolder(), 'predictions.csv');
  const name = `${modelPackage.group}/1`;
  const command = startCommand(['predict', name, testData, '--root', stack.root, '--out', out]);
  expect(await command.ended).toMatchObject({ exitCode: 0 });
  const predicted = readFileSync(out, 'utf8').trim().split('\n').slice(1).map(lastNumber);
  expect(predicted).toHaveLength(200);
  for (const [row, value] of predicted.entries()) expect(value).toBeCloseTo(transformed[row] as number, 5);

  // The number of transitions does not depend on the number of training jobs.
  const second = run({ maxTrainingJobs: 3 });
  const approved = await second.output();
  expect(approved).toMatchObject({ evaluation: { rows: 200 }, modelPackage: { version: 2 } });
  expect(second.states()).toEqual(first.states());

  const worse = run({ hyperparameters: { num_round: '1' } });
  const { error, cause } = await worse.ended;
  expect(error).toBe('QualityGateFailed');
  expect(cause).toMatch(
    /^The final model does not pass the quality gate: rmse is [0-9.]+, the approved version 2 of the group \S+ and the tolerance of 0\.1 allow at most [0-9.]+\. Training job of the final model: \S+, model s3:\S+\. Version 3 of \S+ is rejected\. Report: s3:\S+$/,
  );
  const rejected = await versionOf(modelPackage.arn.replace(/1$/, '3'));
  expect(rejected).toMatchObject({ ModelApprovalStatus: 'Rejected' });

  // If the metrics of the approved version cannot be read, the gate does not pass, and the cause says why.
  rmSync(approved.evaluation.statistics.replace('s3:/', join(stack.root, 's3')));
  expect(await run({}).ended).toMatchObject({
    error: 'QualityGateFailed',
    cause: expect.stringMatching(
      /version 2 of the group \S+ cannot be compared: its statistics s3:\S+ cannot be read/,
    ),
  });

  // Each approval's event started a deployment.
  await stack.waitFor(async () => (await deployments()).length === 2);
});

/** The number at the end of a CSV row. */
function lastNumber(row: string): number {
  return Number(row.split(',').at(-1));
}

/** The executions that approvals have started. */
async function deployments() {
  const client = new SFNClient(stack.clientConfig());
  const { stateMachines = [] } = await client.send(new ListStateMachinesCommand({}));
  const stateMachineArn = stateMachines.find(({ name }) => name?.includes('Deployment'))?.stateMachineArn;
  const { executions = [] } = await client.send(new ListExecutionsCommand({ stateMachineArn }));
  return executions;
}
