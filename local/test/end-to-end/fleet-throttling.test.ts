import { ModelRegistry, ToleratedFailures } from '../../../lib';
import { AwsError } from '../../src/services/aws-error';
import { ServiceRouter } from '../../src/services/router';
import { TRIES_ALL, testFault } from './fault-table';
import { deployFleet, items, synthesizeFleet, trainingOf } from './stub-fleet';
import { temporaryFolder } from './support';

jest.setTimeout(240_000);

/** For each SageMaker operation, one request out of this many is throttled, beginning with the first. */
const ONE_OF = 5;
const ITEMS = TRIES_ALL ? 200 : 8;

afterEach(() => jest.restoreAllMocks());

test('an item without data fails after a few attempts, with its error', async () => {
  const call = jest.spyOn(ServiceRouter.prototype, 'call');
  const assembly = synthesizeFleet({ toleratedFailures: ToleratedFailures.count(1) });
  const stack = await deployFleet(assembly, temporaryFolder(), trainingOf(new Set()).stub);
  const train = `s3://${stack.bucket('Fleet/Bucket').name}/input/none/`;
  const { output } = await stack.startExecution({ input: { items: [...items(2), { id: 'none', train }] } })
    .ended;
  expect(output).toMatchObject({
    fleet: {
      succeeded: 2,
      failed: 1,
      reasons: [
        {
          error: 'SageMaker.AmazonSageMakerException',
          reason: expect.stringContaining(train),
          example: 'none',
        },
      ],
    },
  });
  const attempts = call.mock.calls.filter(
    ([, operation, input]) =>
      operation === 'CreateHyperParameterTuningJob' && JSON.stringify(input).includes(train),
  );
  expect(attempts).toHaveLength(4);
});

testFault(`SageMaker throttles one of five requests of ${ITEMS} items`, async () => {
  const throttled = new Map<string, number>();
  const original = ServiceRouter.prototype.call;
  const calls = new Map<string, number>();
  jest.spyOn(ServiceRouter.prototype, 'call').mockImplementation(function (
    this: ServiceRouter,
    ...[service, operation, input, caller]: Parameters<ServiceRouter['call']>
  ) {
    const earlier = calls.get(operation) ?? 0;
    calls.set(operation, earlier + 1);
    if (service !== 'sagemaker' || earlier % ONE_OF > 0)
      return original.call(this, service, operation, input, caller);
    throttled.set(operation, (throttled.get(operation) ?? 0) + 1);
    return Promise.reject(new AwsError('ThrottlingException', 'Rate exceeded'));
  });
  const { stub } = trainingOf(new Set());
  const assembly = synthesizeFleet({
    finalTraining: {},
    registry: ModelRegistry.group({ name: 'stores' }),
  });
  const stack = await deployFleet(assembly, temporaryFolder(), stub);
  const { output } = await stack.startExecution({ input: { items: items(ITEMS) } }).ended;
  expect(output).toMatchObject({ fleet: { items: ITEMS, succeeded: ITEMS } });
  expect([...throttled.keys()]).toEqual(
    expect.arrayContaining([
      'CreateHyperParameterTuningJob',
      'CreateTrainingJob',
      'CreateModelPackage',
      'DescribeTrainingJob',
      'DescribeHyperParameterTuningJob',
    ]),
  );
  const counts = [...throttled].map(([operation, count]) => `${count} ${operation}`);
  return `all items succeed; throttled: ${counts.join(', ')}`;
});
