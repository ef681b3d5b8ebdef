// Deploys a workflow, runs a small search, and expects a final model and a report. Takes about 20 minutes and costs less
// than one US dollar. The authors have no AWS account and have never run this test: see docs/first-deployment.md.
import { join } from 'node:path';
import { ExpectedResult, IntegTest } from '@aws-cdk/integ-tests-alpha';
import { App, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { BucketDeployment, Source } from 'aws-cdk-lib/aws-s3-deployment';
import { Algorithm, Objective, ParameterRange, TuningWorkflow, XGBoostVersion } from '../../lib';

export const app = new App();
const stack = new Stack(app, 'IntegTuningWorkflow');

const workflow = new TuningWorkflow(stack, 'Tuning', {
  algorithm: Algorithm.xgboost({ version: XGBoostVersion.V3_2_0 }),
  objective: Objective.minimize('validation:rmse'),
  hyperparameters: { objective: 'reg:squarederror', num_round: '50' },
  parameterRanges: [ParameterRange.integer('max_depth', { min: 3, max: 8 })],
  maxTrainingJobs: 2,
  resources: { instanceType: 'ml.m5.large' },
});
workflow.bucket.applyRemovalPolicy(RemovalPolicy.DESTROY);
const data = new BucketDeployment(stack, 'Data', {
  sources: [Source.asset(join(__dirname, '../../data/bikeshare'), { exclude: ['*.md', '*.py'] })],
  destinationBucket: workflow.bucket,
  destinationKeyPrefix: 'input/',
});
workflow.stateMachine.node.addDependency(data);

const { assertions } = new IntegTest(app, 'TuningWorkflow', {
  testCases: [stack],
  cdkCommandOptions: { deploy: { args: { rollback: false } } },
});

/** Starts an execution and checks its result. */
function expectExecution(input: object, expected: object, totalTimeout: Duration): void {
  const started = assertions.awsApiCall('StepFunctions', 'startExecution', {
    stateMachineArn: workflow.stateMachine.stateMachineArn,
    input: JSON.stringify(input),
  });
  const ended = assertions.awsApiCall('StepFunctions', 'describeExecution', {
    executionArn: started.getAttString('executionArn'),
  });
  ended.expect(ExpectedResult.objectLike(expected)).waitForAssertions({
    totalTimeout,
    interval: Duration.minutes(1),
  });
  started.next(ended);
}

expectExecution({}, { status: 'SUCCEEDED' }, Duration.minutes(55));
expectExecution({ maxTrainingJob: 2 }, { status: 'FAILED', error: 'InvalidInput' }, Duration.minutes(5));
