import * as s3 from 'aws-cdk-lib/aws-s3';
import { BucketDeployment, Source } from 'aws-cdk-lib/aws-s3-deployment';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import {
  Algorithm,
  DataLocation,
  InputData,
  Objective,
  ParameterRange,
  TuningFragment,
  XGBoostVersion,
} from '../../../lib';
import { executionsIn, runLocalMode, synthesize, temporaryFolder, writeTrainingData } from './support';

jest.setTimeout(180_000);

function addFragment(stack: ConstructorParameters<typeof TuningFragment>[0], input?: string): TuningFragment {
  const bucket = new s3.Bucket(stack, 'Bucket');
  new BucketDeployment(stack, 'Data', {
    sources: [Source.asset(writeTrainingData())],
    destinationBucket: bucket,
  });
  return new TuningFragment(stack, 'Tuning', {
    algorithm: Algorithm.xgboost({ version: XGBoostVersion.V3_2_0 }),
    objective: Objective.minimize('validation:rmse'),
    parameterRanges: [ParameterRange.integer('num_round', { min: 2, max: 20 })],
    maxTrainingJobs: 2,
    train: InputData.csv(DataLocation.fromBucket(bucket, 'train/')),
    validation: InputData.csv(DataLocation.fromBucket(bucket, 'validation/')),
    output: DataLocation.fromBucket(bucket, 'models/'),
    input,
  });
}

test('a fragment in a JSONPath state machine, with states before and after it', async () => {
  const assembly = synthesize((stack) => {
    const tuning = addFragment(stack, '{% $states.input.search %}');
    const before = sfn.Pass.jsonPath(stack, 'Before', {
      parameters: { search: { maxTrainingJobs: 3 }, 'customer.$': '$.customer' },
    });
    const after = sfn.Pass.jsonPath(stack, 'After', {
      parameters: {
        'model.$': '$.finalTrainingJob.modelArtifacts',
        'jobs.$': '$.tuningJob.trainingJobs.completed',
      },
    });
    new sfn.StateMachine(stack, 'Machine', {
      definitionBody: sfn.DefinitionBody.fromChainable(before.next(tuning).next(after)),
      queryLanguage: sfn.QueryLanguage.JSON_PATH,
    });
  });
  const root = temporaryFolder();
  expect(await runLocalMode(assembly, root, '--input', '{"customer": "a"}')).toMatchObject({ exitCode: 0 });
  expect(executionsIn(root)).toMatchObject([
    {
      status: 'SUCCEEDED',
      output: { jobs: 3, model: expect.stringMatching(/^s3:.*\/models\/.*model\.tar\.gz$/) },
    },
  ]);
});

test('a fragment in a JSONata state machine, with states before and after it', async () => {
  const assembly = synthesize((stack) => {
    const tuning = addFragment(stack);
    const before = sfn.Pass.jsonata(stack, 'Before', {
      assign: { customer: '{% $states.input.customer %}' },
      outputs: { maxTrainingJobs: 3 },
    });
    const after = sfn.Pass.jsonata(stack, 'After', {
      outputs: {
        customer: '{% $customer %}',
        model: '{% $states.input.finalTrainingJob.modelArtifacts %}',
        jobs: '{% $states.input.tuningJob.trainingJobs.completed %}',
      },
    });
    new sfn.StateMachine(stack, 'Machine', {
      definitionBody: sfn.DefinitionBody.fromChainable(before.next(tuning).next(after)),
      queryLanguage: sfn.QueryLanguage.JSONATA,
    });
  });
  const root = temporaryFolder();
  expect(await runLocalMode(assembly, root, '--input', '{"customer": "a"}')).toMatchObject({ exitCode: 0 });
  expect(executionsIn(root)).toMatchObject([
    {
      status: 'SUCCEEDED',
      output: { customer: 'a', jobs: 3, model: expect.stringContaining('model.tar.gz') },
    },
  ]);
});
