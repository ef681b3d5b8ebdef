import { ModelRegistry } from '../../../lib';
import { AwsError } from '../../src/services/aws-error';
import { ServiceRouter } from '../../src/services/router';
import { TRIES_ALL, testFault } from './fault-table';
import { deployFleet, items, synthesizeFleet, trainingOf } from './stub-fleet';
import { temporaryFolder } from './support';

jest.setTimeout(240_000);

/** Share of SageMaker's requests that are refused. */
const THROTTLED_SHARE = 0.2;
const ITEMS = TRIES_ALL ? 200 : 20;

afterEach(() => jest.restoreAllMocks());

testFault(`SageMaker throttles one of five requests of ${ITEMS} items`, async () => {
  const throttled = new Map<string, number>();
  const original = ServiceRouter.prototype.call;
  let calls = 0;
  jest.spyOn(ServiceRouter.prototype, 'call').mockImplementation(function (
    this: ServiceRouter,
    ...[service, operation, input, caller]: Parameters<ServiceRouter['call']>
  ) {
    calls += 1;
    // The golden ratio spreads the throttled requests evenly.
    const isThrottled = service === 'sagemaker' && (calls * 0.618034) % 1 < THROTTLED_SHARE;
    if (!isThrottled) return original.call(this, service, operation, input, caller);
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
