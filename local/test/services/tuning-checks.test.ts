import { closeServices, start, tuningRequest } from './helpers';

afterEach(closeServices);

test.each<[string, Record<string, unknown>, RegExp]>([
  [
    'an objective without a metric',
    { HyperParameterTuningJobObjective: { Type: 'Minimize', MetricName: 'other' } },
    /"other" is not a metric of the algorithm: loss/,
  ],
  [
    'a range that is upside down',
    { ParameterRanges: { ContinuousParameterRanges: [{ Name: 'x', MinValue: '2', MaxValue: '1' }] } },
    /range of "x" has to go from a smaller to a larger number, got 2 to 1/,
  ],
  [
    'a logarithm of zero',
    {
      ParameterRanges: {
        ContinuousParameterRanges: [{ Name: 'x', MinValue: '0', MaxValue: '1', ScalingType: 'Logarithmic' }],
      },
    },
    /has to be above 0/,
  ],
  [
    'a static hyperparameter that is tuned too',
    { ParameterRanges: { IntegerParameterRanges: [{ Name: 'fixed', MinValue: '0', MaxValue: '9' }] } },
    /"fixed" is given more than once/,
  ],
  [
    'a space that is too small',
    { ParameterRanges: { CategoricalParameterRanges: [{ Name: 'x', Values: ['1', '2'] }] } },
    /^You don't have enough combinations/,
  ],
  [
    'a value that is given twice',
    { ParameterRanges: { CategoricalParameterRanges: [{ Name: 'x', Values: ['a', 'b', 'a'] }] } },
    /values of "x" have to be different, got a, b, a/,
  ],
  [
    'Hyperband without an end',
    { Strategy: 'Hyperband' },
    /MaxResource is required, unless one of the static hyperparameters epochs, /,
  ],
  ['a grid over numbers', { Strategy: 'Grid' }, /Grid strategy takes categorical ranges only/],
  [
    'an unknown strategy',
    { Strategy: 'Guess' },
    /failed to satisfy constraint: Member must satisfy enum value set: \[Bayesian, Random, Hyperband, Grid\]/,
  ],
])('%s is refused', async (_name, config, message) => {
  const services = await start();
  const call = services.router.call(
    'sagemaker',
    'CreateHyperParameterTuningJob',
    tuningRequest('Tune', config),
    services.user,
  );
  await expect(call).rejects.toMatchObject({
    code: 'ValidationException',
    message: expect.stringMatching(message),
  });
});

test('several definitions are refused: local mode does not have them yet', async () => {
  const services = await start();
  const { TrainingJobDefinition: definition, ...request } = tuningRequest('Tune');
  const input = { ...request, TrainingJobDefinitions: [definition] };
  await expect(
    services.router.call('sagemaker', 'CreateHyperParameterTuningJob', input, services.user),
  ).rejects.toThrow(/local mode does not have several training job definitions yet/);
});
