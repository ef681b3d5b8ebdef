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
    /range of "x" must go from a smaller to a larger number, got 2 to 1/,
  ],
  [
    'a logarithm of zero',
    {
      ParameterRanges: {
        ContinuousParameterRanges: [{ Name: 'x', MinValue: '0', MaxValue: '1', ScalingType: 'Logarithmic' }],
      },
    },
    /must be above 0/,
  ],
  [
    'a hyperparameter that is both static and tuned',
    { ParameterRanges: { IntegerParameterRanges: [{ Name: 'fixed', MinValue: '0', MaxValue: '9' }] } },
    /"fixed" is set more than once/,
  ],
  [
    'a space that is too small',
    { ParameterRanges: { CategoricalParameterRanges: [{ Name: 'x', Values: ['1', '2'] }] } },
    /^You don't have enough combinations/,
  ],
  [
    'a value that is given twice',
    { ParameterRanges: { CategoricalParameterRanges: [{ Name: 'x', Values: ['a', 'b', 'a'] }] } },
    /values of "x" must be different, got a, b, a/,
  ],
  [
    'Hyperband without an end',
    { Strategy: 'Hyperband' },
    /MaxResource is required, unless it is set by one of the static hyperparameters epochs, /,
  ],
  ['a grid over numbers', { Strategy: 'Grid' }, /Grid strategy only supports categorical ranges/],
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

describe('a hyperparameter that the built-in XGBoost does not declare as tunable', () => {
  const tune = async (account: string, name: string) => {
    const services = await start();
    const request = tuningRequest('Tune', {
      ParameterRanges: { IntegerParameterRanges: [{ Name: name, MinValue: '1', MaxValue: '9' }] },
    });
    const TrainingImage = `${account}.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:3.2-0`;
    const definition = request.TrainingJobDefinition;
    const AlgorithmSpecification = { ...definition.AlgorithmSpecification, TrainingImage };
    const input = { ...request, TrainingJobDefinition: { ...definition, AlgorithmSpecification } };
    return services.router.call('sagemaker', 'CreateHyperParameterTuningJob', input, services.user);
  };

  test('is refused with a list of the tunable hyperparameters', async () => {
    await expect(tune('683313688378', 'depth')).rejects.toThrow(
      /does not declare "depth" as tunable: it has num_round, eta, /,
    );
  });

  test("can be tuned if the image is a copy of SageMaker's", async () => {
    // The trainer of these tests does not support the copied image. This error shows that all other checks passed.
    await expect(tune('111122223333', 'depth')).rejects.toThrow(/cannot run the training image/);
    await expect(tune('683313688378', 'max_depth')).rejects.toThrow(/cannot run the training image/);
  });
});
