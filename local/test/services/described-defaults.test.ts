import {
  CreateHyperParameterTuningJobCommand,
  CreateTrainingJobCommand,
  DescribeHyperParameterTuningJobCommand,
  DescribeTrainingJobCommand,
} from '@aws-sdk/client-sagemaker';
import {
  closeServices,
  sagemakerClient,
  samplerOf,
  start,
  trainingRequest,
  tuningRequest,
  xs,
} from './helpers';

afterEach(closeServices);

const FILLED_IN = {
  InputDataConfig: [{ ChannelName: 'train', CompressionType: 'None', RecordWrapperType: 'None' }],
  OutputDataConfig: { KmsKeyId: '' },
  EnableNetworkIsolation: false,
  EnableInterContainerTrafficEncryption: false,
  EnableManagedSpotTraining: false,
};

test("the description of a training job has SageMaker's defaults and the given values", async () => {
  const client = sagemakerClient(await start());
  const describe = (TrainingJobName: string) =>
    client.send(new DescribeTrainingJobCommand({ TrainingJobName }));
  await client.send(new CreateTrainingJobCommand(trainingRequest('plain')));
  expect(await describe('plain')).toMatchObject(FILLED_IN);
  const { InputDataConfig: channels } = trainingRequest('isolated');
  await client.send(
    new CreateTrainingJobCommand({
      ...trainingRequest('isolated'),
      InputDataConfig: channels.map((channel) => ({ ...channel, CompressionType: 'Gzip' as const })),
      EnableNetworkIsolation: true,
    }),
  );
  expect(await describe('isolated')).toMatchObject({
    InputDataConfig: [{ CompressionType: 'Gzip', RecordWrapperType: 'None' }],
    EnableNetworkIsolation: true,
  });
});

test('the description of a tuning job has the defaults too, and a ResourceConfig in both forms', async () => {
  const client = sagemakerClient(await start({ sampler: samplerOf(xs(1, 2, 3)) }));
  const resources = { InstanceType: 'ml.m5.large' as const, InstanceCount: 1, VolumeSizeInGB: 30 };
  const { TrainingJobDefinition, ...request } = tuningRequest('tuning');
  const { ResourceConfig: _none, ...definition } = TrainingJobDefinition;
  await client.send(
    new CreateHyperParameterTuningJobCommand({
      ...request,
      TrainingJobDefinition: { ...definition, HyperParameterTuningResourceConfig: resources },
    }),
  );
  const described = await client.send(
    new DescribeHyperParameterTuningJobCommand({ HyperParameterTuningJobName: 'tuning' }),
  );
  expect(described.TrainingJobDefinition).toMatchObject({
    ...FILLED_IN,
    ResourceConfig: resources,
    HyperParameterTuningResourceConfig: resources,
  });
});
