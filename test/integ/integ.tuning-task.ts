// Deploys a state machine with the tuning task alone, in JSONPath and JSONata, and expects that it is accepted. No job runs:
// what is tested is that Step Functions knows the fields of the request.
// Never run by the authors, who have no account: see docs/first-deployment.md.
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
