import type { Stack } from 'aws-cdk-lib';
import { FinalTrainingData, TuningFleet } from '../../lib';
import { TRANSIENT_ERRORS } from '../../lib/private/retries';
import { autoMlWorkflow } from '../automl/fixtures';
import { definitionOf, type Json, stackOf, TUNING, workflow } from '../fixtures';

/** All states by name, including those that run for the items of a Map. */
function allStates(States: Json): Record<string, Json> {
  const inner = Object.values<Json>(States).map(({ ItemProcessor }) => ItemProcessor?.States ?? {});
  return Object.assign({}, States, ...inner);
}

const TOGETHER = { data: FinalTrainingData.trainAndValidation() };

describe.each<[string, (stack: Stack) => unknown, readonly string[]]>([
  [
    'TuningFleet',
    (stack) =>
      new TuningFleet(stack, 'Fleet', {
        ...TUNING,
        evaluation: {},
        finalTraining: TOGETHER,
        skipUnchanged: true,
      }),
    ['ListItems', 'SummarizeFleet'],
  ],
  [
    'TuningWorkflow',
    (stack) => workflow({ evaluation: {}, finalTraining: TOGETHER }, stack),
    ['FindBestTrainingJob', 'PrepareFinalTraining', 'EvaluateModel', 'WriteReport'],
  ],
  ['AutoMlWorkflow', (stack) => autoMlWorkflow({}, stack), ['CheckData', 'FindBestCandidate', 'WriteReport']],
])('each function of a %s', (_name, make, names) => {
  const stack = stackOf();
  make(stack);
  const functions = Object.entries(allStates(definitionOf(stack).States)).filter(([, { Resource }]) =>
    JSON.stringify(Resource)?.includes('lambda:invoke'),
  );

  test('is known to this test', () => {
    expect(functions.map(([name]) => name)).toEqual(expect.arrayContaining([...names]));
  });

  test.each(functions)('%s is retried if it was throttled or reached its timeout', (_state, { Retry }) => {
    expect(Retry).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          ErrorEquals: ['Lambda.TooManyRequestsException', ...TRANSIENT_ERRORS],
          JitterStrategy: 'FULL',
          MaxAttempts: 12,
        }),
        expect.objectContaining({
          ErrorEquals: ['Sandbox.Timedout', 'Lambda.Unknown'],
          JitterStrategy: 'FULL',
          MaxAttempts: 2,
        }),
      ]),
    );
  });
});
