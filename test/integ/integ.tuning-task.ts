// Deploys a state machine that contains only the tuning task, in JSONPath and in JSONata, to test that Step Functions knows
// the fields of the request. No job runs.
// The authors have no AWS account and have never run this test: see docs/first-deployment.md.
import { ExpectedResult, IntegTest } from '@aws-cdk/integ-tests-alpha';
import { App, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import {
  CreateHyperParameterTuningJobTask,
  type CreateHyperParameterTuningJobTaskOptions,
  Objective,
  ParameterRange,
} from '../../lib';

export const app = new App();
const stack = new Stack(app, 'IntegTuningTask');

const role = new iam.Role(stack, 'TrainingRole', {
  assumedBy: new iam.ServicePrincipal('sagemaker.amazonaws.com'),
});
const options: CreateHyperParameterTuningJobTaskOptions = {
  tuningJobName: 'integ-tuning-task',
  objective: Objective.minimize('validation:rmse'),
  parameterRanges: [ParameterRange.integer('max_depth', { min: 3, max: 8 })],
  maxTrainingJobs: 2,
  trainingJobDefinition: {
    trainingImage: `${stack.account}.dkr.ecr.${stack.region}.${stack.urlSuffix}/none:none`,
    role,
    channels: [{ channelName: 'train', s3Uri: 's3://no-such-bucket/train/' }],
    outputPath: 's3://no-such-bucket/models/',
  },
};
const integrationPattern = sfn.IntegrationPattern.RUN_JOB;
const tasks = {
  JsonPath: CreateHyperParameterTuningJobTask.jsonPath(stack, 'TuneJsonPath', {
    ...options,
    integrationPattern,
  }),
  Jsonata: CreateHyperParameterTuningJobTask.jsonata(stack, 'TuneJsonata', {
    ...options,
    integrationPattern,
  }),
};

const { assertions } = new IntegTest(app, 'TuningTask', { testCases: [stack] });
for (const [name, task] of Object.entries(tasks)) {
  const stateMachine = new sfn.StateMachine(stack, name, {
    definitionBody: sfn.DefinitionBody.fromChainable(task),
  });
  assertions
    .awsApiCall('StepFunctions', 'describeStateMachine', { stateMachineArn: stateMachine.stateMachineArn })
    .expect(ExpectedResult.objectLike({ status: 'ACTIVE' }));
}
