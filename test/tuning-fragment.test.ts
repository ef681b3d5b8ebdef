import type { Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { TuningIntegration, TuningStrategy } from '../lib';
import { evaluateJsonata } from './evaluate-jsonata';
import { definitionIn, fragment, type Json, stackOf, statementsIn, vpcIn } from './fixtures';
import { definitionOf, expectValid, HYPERBAND, type Props } from './fragment-definition';

describe('the states', () => {
  test('of the defaults', () => {
    const { StartAt, States } = definitionOf();
    expect(StartAt).toBe('Configure');
    expect(shapeOf(States)).toEqual({
      Configure: 'IsInputValid',
      IsInputValid: ['InvalidInput', 'TuneWithWarmStart', 'TuneHyperparameters'],
      InvalidInput: 'Fail',
      TuneHyperparameters: ['FindBestTrainingJob', 'CanWaitForQuota', 'TuningJobStarted'],
      CanWaitForQuota: ['WaitForQuota', 'QuotaExceeded'],
      WaitForQuota: 'TuneHyperparameters',
      TuneWithWarmStart: ['FindBestTrainingJob', 'CanWaitForQuota-WarmStart', 'TuningJobStarted'],
      'CanWaitForQuota-WarmStart': ['WaitForQuota-WarmStart', 'QuotaExceeded'],
      'WaitForQuota-WarmStart': 'TuneWithWarmStart',
      QuotaExceeded: 'Fail',
      TuningJobStarted: ['TuningJobNotStarted', 'FindBestTrainingJob'],
      TuningJobNotStarted: 'Fail',
      FindBestTrainingJob: ['TrainFinalModel', 'WriteReport'],
      TrainFinalModel: ['DescribeFinalTrainingJob', 'CanWaitForQuota-FinalTraining', 'WriteReport'],
      'CanWaitForQuota-FinalTraining': ['WaitForQuota-FinalTraining', 'WriteReport'],
      'WaitForQuota-FinalTraining': 'TrainFinalModel',
      DescribeFinalTrainingJob: 'WriteReport',
      WriteReport: ['IsFinalModelTrained', 'IsFinalModelTrained'],
      IsFinalModelTrained: ['Result', 'SearchFailed', 'FinalTrainingJobNotCompleted'],
      SearchFailed: 'Fail',
      FinalTrainingJobNotCompleted: 'Fail',
      Result: 'End',
    });
  });

  test('can poll the tuning job in a loop', () => {
    const { States } = definitionOf({ integration: TuningIntegration.SDK });
    expect(shapeOf(States)).toMatchObject({
      TuneHyperparameters: ['WaitForTuningJob', 'CanWaitForQuota'],
      TuneWithWarmStart: ['WaitForTuningJob', 'CanWaitForQuota-WarmStart'],
      WaitForTuningJob: 'DescribeTuningJob',
      DescribeTuningJob: ['HasTuningJobEnded', 'StopTuningJob'],
      StopTuningJob: ['TuningJobOutOfSight', 'TuningJobOutOfSight'],
      TuningJobOutOfSight: 'Fail',
      HasTuningJobEnded: ['WaitForTuningJob', 'FindBestTrainingJob'],
    });
  });

  test('without a final training end with the best training job and the report', () => {
    const { States } = definitionOf({ finalTraining: { enabled: false } });
    expect(shapeOf(States)).toMatchObject({
      FindBestTrainingJob: ['WriteReport', 'WriteReport'],
      WriteReport: ['IsBestTrainingJobFound', 'IsBestTrainingJobFound'],
      IsBestTrainingJobFound: ['SearchFailed', 'Result'],
      Result: 'End',
    });
    expect(Object.keys(States)).not.toContain('TrainFinalModel');
  });

  test('without a report consist of the search and the final training', () => {
    const { States } = definitionOf({ report: false });
    expect(shapeOf(States)).toMatchObject({
      FindBestTrainingJob: 'TrainFinalModel',
      TrainFinalModel: [
        'DescribeFinalTrainingJob',
        'CanWaitForQuota-FinalTraining',
        'FinalTrainingJobNotCompleted',
      ],
      'CanWaitForQuota-FinalTraining': ['WaitForQuota-FinalTraining', 'QuotaExceeded'],
      DescribeFinalTrainingJob: 'IsFinalModelTrained',
      IsFinalModelTrained: ['Result', 'FinalTrainingJobNotCompleted'],
    });
    expect(Object.keys(States)).not.toContain('WriteReport');
  });

  test('without a report and a final training consist of the search only', () => {
    const { States } = definitionOf({ report: false, finalTraining: { enabled: false } });
    expect(States.FindBestTrainingJob).toMatchObject({ End: true, Output: '{% $states.result.Payload %}' });
  });

  /** For each state, the names of the states that can follow it, from `Next`, `Catch`, `Choices` and `Default`. */
  function shapeOf(states: Json): Record<string, string | string[]> {
    return Object.fromEntries(
      Object.entries<Json>(states).map(([name, state]) => {
        if (state.Type === 'Choice') {
          return [name, [...state.Choices.map((choice: Json) => choice.Next), state.Default]];
        }
        const next = state.Next ?? (state.End ? 'End' : state.Type);
        return [name, state.Catch ? [next, ...state.Catch.map((catcher: Json) => catcher.Next)] : next];
      }),
    );
  }
});

describe('embedded', () => {
  test.each([
    ['JSONPath', sfn.QueryLanguage.JSON_PATH],
    ['JSONata', sfn.QueryLanguage.JSONATA],
  ])('between the states of a %s machine', (_name, language) => {
    // GIVEN
    const stack = stackOf();
    const tuning = fragment({ input: '{% $states.input.tuning %}' }, stack);
    const before = new sfn.Pass(stack, 'Before');
    const after = new sfn.Pass(stack, 'After');
    // WHEN
    const definition = definitionIn(before.next(tuning).next(after), stack, language);
    // THEN
    expectValid(definition);
    const { States } = definition;
    expect(States.Before.Next).toBe('Configure');
    expect(States.Configure.Output).toContain('$input := $states.input.tuning;');
    expect(States.Result.Next).toBe('After');
    const own = Object.entries<Json>(States).filter(([name]) => name !== 'Before' && name !== 'After');
    const languages = new Set(own.map(([, state]) => state.QueryLanguage));
    expect([...languages]).toEqual([language === sfn.QueryLanguage.JSON_PATH ? 'JSONata' : undefined]);
  });

  test('twice, distinguished by a prefix', () => {
    const stack = stackOf();
    const first = fragment({}, stack, 'First').prefixStates('First: ');
    const second = fragment({ ...HYPERBAND, jobNamePrefix: 'other' }, stack, 'Second').prefixStates(
      'Second: ',
    );
    const definition = definitionIn(sfn.Chain.start(first).next(second), stack);
    expectValid(definition);
    expect(definition.States['First: Result'].Next).toBe('Second: Configure');
    expect(definition.States['Second: HasTuningJobEnded'].Choices[0].Next).toBe('Second: WaitForTuningJob');
  });

  test('in a Parallel state', () => {
    const stack = stackOf();
    const parallel = new sfn.Parallel(stack, 'Both').branch(
      fragment({}, stack, 'First').prefixStates('First: '),
      fragment({}, stack, 'Second').prefixStates('Second: '),
    );
    expectValid(definitionIn(parallel, stack));
  });
});

describe('the integration', () => {
  const OPTIMIZED = 'arn:<AWS::Partition>:states:::sagemaker:createHyperParameterTuningJob.sync';
  const SDK = 'arn:<AWS::Partition>:states:::aws-sdk:sagemaker:createHyperParameterTuningJob';

  test.each<[string, Props, string]>([
    ['is optimized', {}, OPTIMIZED],
    ['is optimized for spot instances', { spot: {} }, OPTIMIZED],
    ['is the SDK for Hyperband', HYPERBAND, SDK],
    ['is the SDK for a seed', { strategy: TuningStrategy.random({ seed: 1 }) }, SDK],
    ['is the SDK if the prop says so', { integration: TuningIntegration.SDK }, SDK],
    ['is optimized if asked for', { ...HYPERBAND, integration: TuningIntegration.OPTIMIZED }, OPTIMIZED],
  ])('%s', (_name, props, resource) => {
    const { States } = definitionOf(props);
    expect(States.TuneHyperparameters.Resource).toBe(resource);
    expect(States.TuneWithWarmStart.Resource).toBe(resource);
  });

  test('sends the same request with either integration', () => {
    const by = (integration: TuningIntegration) =>
      definitionOf({ ...HYPERBAND, integration }).States.TuneHyperparameters.Arguments;
    // With the AWS SDK integration, only the tag identifies a job's execution.
    const Tags = [
      {
        Key: 'cdk-sagemaker-tuning:execution',
        Value: expect.stringContaining('$states.context.Execution.Id'),
      },
    ];
    expect(by(TuningIntegration.SDK)).toEqual({ ...by(TuningIntegration.OPTIMIZED), Tags });
  });

  test('SDK gets permissions to start, describe and stop tuning jobs with the prefix', () => {
    const stack = stackOf();
    definitionOf({ integration: TuningIntegration.SDK }, stack);
    const jobs =
      'arn:<AWS::Partition>:sagemaker:<AWS::Region>:<AWS::AccountId>:hyper-parameter-tuning-job/churn-*';
    const statements = statementsIn(stack, /MachineRole/).filter(
      (statement) => ![statement.Action].flat().some((action) => /TrainingJob$|^events|^lambda/.test(action)),
    );
    expect(statements).toEqual([
      { Effect: 'Allow', Action: 'sagemaker:createHyperParameterTuningJob', Resource: jobs },
      {
        Effect: 'Allow',
        Action: 'iam:PassRole',
        Resource: expect.stringMatching(/TrainingRole/),
        Condition: { StringEquals: { 'iam:PassedToService': 'sagemaker.amazonaws.com' } },
      },
      { Effect: 'Allow', Action: 'sagemaker:AddTags', Resource: jobs },
      { Effect: 'Allow', Action: 'sagemaker:describeHyperParameterTuningJob', Resource: jobs },
      { Effect: 'Allow', Action: 'sagemaker:stopHyperParameterTuningJob', Resource: jobs },
    ]);
  });
});

test('an invalid input fails the execution, and the error lists all problems', async () => {
  const { InvalidInput, IsInputValid } = definitionOf().States;
  expect(InvalidInput.Error).toBe('InvalidInput');
  const input = { problems: ['a: b', 'c: d'] };
  expect(await evaluateJsonata(InvalidInput.Cause, { input })).toBe('a: b; c: d');
  expect(await evaluateJsonata(IsInputValid.Choices[0].Condition, { input })).toBe(true);
  expect(await evaluateJsonata(IsInputValid.Choices[0].Condition, { input: { settings: {} } })).toBe(false);
});

describe('in a VPC', () => {
  test('the training containers get a new security group', () => {
    const stack = stackOf();
    const tuning = fragment({ vpc: vpcIn(stack) }, stack);
    expect(tuning.connections.securityGroups).toHaveLength(1);
    const { TrainFinalModel, TuneHyperparameters } = definitionIn(tuning, stack).States;
    const expected = {
      Subnets: ['subnet-0123456789abcdef1', 'subnet-0123456789abcdef2'],
      SecurityGroupIds: [expect.stringMatching(/^<TuningSecurityGroup.*\.GroupId>$/)],
    };
    expect(TuneHyperparameters.Arguments.TrainingJobDefinition.VpcConfig).toEqual(expected);
    expect(TrainFinalModel.Arguments.VpcConfig).toEqual(expected);
  });

  test('there is no security group without a VPC', () => {
    expect(fragment().connections.securityGroups).toEqual([]);
  });
});

describe('a given training role', () => {
  const policiesOf = (role: (stack: Stack) => iam.IRole) => {
    const stack = stackOf();
    const trainingRole = role(stack);
    definitionIn(fragment({ trainingRole }, stack), stack);
    return statementsIn(stack, /^mine$|^<Mine/);
  };

  test('gets the permissions that training jobs need', () => {
    const assumedBy = new iam.ServicePrincipal('sagemaker.amazonaws.com');
    expect(policiesOf((stack) => new iam.Role(stack, 'Mine', { assumedBy })).length).toBeGreaterThan(4);
  });

  test('is not changed if it is immutable', () => {
    expect(
      policiesOf((stack) =>
        iam.Role.fromRoleArn(stack, 'Mine', 'arn:aws:iam::123456789012:role/mine', { mutable: false }),
      ),
    ).toEqual([]);
  });
});
