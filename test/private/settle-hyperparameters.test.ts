import { CfnParameter } from 'aws-cdk-lib';
import { Algorithm, Objective, ParameterRange, type TuningFragmentProps, XGBoostVersion } from '../../lib';
import { evaluateJsonata } from '../evaluate-jsonata';
import { definitionIn, fragment, type Json, stackOf } from '../fixtures';

/** The hyperparameters of the search's training jobs and of the final training. The best job has a max_depth of 4. */
async function trainedWith(props: Partial<TuningFragmentProps>, hyperparameters?: Json) {
  const stack = stackOf();
  const { States } = definitionIn(fragment(props, stack), stack);
  const configured = await evaluateJsonata(States.Configure.Output, {
    input: { ...(hyperparameters && { hyperparameters }) },
  });
  if (configured.problems) return { problems: [...configured.problems] };
  const request = States.TuneHyperparameters.Arguments;
  const input = { settings: configured.settings };
  const search = await evaluateJsonata(request.TrainingJobDefinition.StaticHyperParameters, { input });
  const best = { ...search, max_depth: '4' };
  const final = await evaluateJsonata(States.TrainFinalModel.Arguments.HyperParameters, {
    input: { result: { bestTrainingJob: { hyperparameters: best } } },
  });
  return { search, final };
}

const fixed = (hyperparameters: Record<string, string>) => ({
  hyperparameters: { num_round: '10', ...hyperparameters },
});
const RANGES = { parameterRanges: [ParameterRange.integer('max_depth', { min: 3, max: 30 })] };

/** The hyperparameters that the algorithm adds for an objective metric. */
const DEFAULTS = { objective: 'reg:squarederror', eval_metric: 'rmse' };

describe('the metrics that XGBoost evaluates end with the objective metric', () => {
  test.each([
    ['no metric is given', undefined, 'rmse'],
    ['only the objective metric is given', 'rmse', 'rmse'],
    ['another metric is given', 'mae', 'mae,rmse'],
    ['the objective metric is first', 'rmse,mae', 'mae,rmse'],
    ['the objective metric is in the middle', 'mae,rmse,mape', 'mae,mape,rmse'],
    ['the objective metric is given twice', 'rmse,mae,rmse', 'mae,rmse'],
    ['a metric has a threshold', 'error@0.7,logloss', 'error@0.7,logloss,rmse'],
  ])('if %s: %s becomes %s', async (_title, given, expected) => {
    const values: Record<string, string> = given === undefined ? {} : { eval_metric: given };
    const early = { early_stopping_rounds: '3' };
    for (const { search, final } of [
      await trainedWith(fixed({ ...early, ...values })),
      // The execution's input can set eval_metric, early_stopping_rounds or both.
      await trainedWith(fixed(early), values),
      await trainedWith(fixed({}), { ...early, ...values }),
      await trainedWith(fixed(values), early),
    ]) {
      expect(search).toMatchObject({ ...early, eval_metric: expected });
      expect(final).toMatchObject({ ...early, eval_metric: expected });
    }
  });

  test('the list in the input replaces the list of the construct', async () => {
    const { search } = await trainedWith(fixed({ eval_metric: 'mae' }), { eval_metric: 'mape' });
    expect(search.eval_metric).toBe('mape,rmse');
  });

  test('the list of the final training replaces it too', async () => {
    const finalTraining = { hyperparameters: { eval_metric: 'rmse,mape', early_stopping_rounds: '5' } };
    const { search, final } = await trainedWith({ ...fixed({ eval_metric: 'mae' }), finalTraining });
    expect(search.eval_metric).toBe('mae,rmse');
    expect(final).toMatchObject({ eval_metric: 'mape,rmse', early_stopping_rounds: '5' });
  });

  test('the list of each definition ends with the objective metric of the definition', async () => {
    const stack = stackOf();
    const objective = Objective.minimize('validation:mae');
    const other = Algorithm.xgboost({ version: XGBoostVersion.V1_7_1 });
    const chain = fragment(
      {
        furtherDefinitions: [
          { name: 'other', algorithm: other, objective, ...fixed({ eval_metric: 'mae,rmse' }), ...RANGES },
        ],
      },
      stack,
    );
    const { States } = definitionIn(chain, stack);
    const input = { hyperparameters: { first: { eval_metric: 'rmse,mape' } } };
    const { settings } = await evaluateJsonata(States.Configure.Output, { input });
    expect(settings.hyperparameters).toEqual({ first: { eval_metric: 'mape,rmse' } });
    const definitions = States.TuneHyperparameters.Arguments.TrainingJobDefinitions;
    const [first, second] = await Promise.all(
      definitions.map(({ StaticHyperParameters }: Json) =>
        evaluateJsonata(StaticHyperParameters, { input: { settings } }),
      ),
    );
    expect(first.eval_metric).toBe('mape,rmse');
    expect(second.eval_metric).toBe('rmse,mae');
  });

  test('the list ends with the objective metric even for an unknown version', async () => {
    const version = XGBoostVersion.of('9.9-9');
    const algorithm = Algorithm.xgboost({ version, registryAccount: '123456789012' });
    const { final } = await trainedWith({ algorithm, ...fixed({ eval_metric: 'rmse,mae' }) }, { gamma: '1' });
    expect(final.eval_metric).toBe('mae,rmse');
  });

  test('a list that is known only at deploy time is rejected, and the error names the prop', () => {
    const stack = stackOf();
    const list = new CfnParameter(stack, 'Metrics').valueAsString;
    const problem =
      "eval_metric: must be known at synth, because the objective's metric, rmse, must be the last";
    expect(() => fragment(fixed({ eval_metric: list }), stack)).toThrow(`hyperparameters.${problem}`);
    expect(() =>
      fragment({ finalTraining: { hyperparameters: { eval_metric: list } } }, stack, 'Other'),
    ).toThrow(`finalTraining.hyperparameters.${problem}`);
  });
});

describe('aliases of hyperparameters', () => {
  const ALIASES = [
    ['learning_rate', 'eta', '0.1'],
    ['min_split_loss', 'gamma', '2'],
    ['reg_lambda', 'lambda', '3'],
    ['reg_alpha', 'alpha', '4'],
  ] as const;

  test.each(ALIASES)(
    '%s has the same effect as %s, in the props and in the input',
    async (alias, name, value) => {
      const props = { ...fixed({ [alias]: value }), ...RANGES };
      for (const trained of [
        await trainedWith(props),
        await trainedWith({ ...fixed({}), ...RANGES }, { [alias]: value }),
        await trainedWith({ ...fixed({ [name]: '0' }), ...RANGES }, { [alias]: value }),
      ]) {
        expect(trained.search).toEqual({ ...DEFAULTS, num_round: '10', [name]: value });
        expect(trained.final).toEqual({ ...DEFAULTS, num_round: '10', [name]: value, max_depth: '4' });
      }
    },
  );

  test.each(ALIASES)('%s has the bounds of %s', async (alias) => {
    const message = /: must be at least 0.*, got "-1"$/;
    expect(() => fragment({ ...fixed({ [alias]: '-1' }), ...RANGES })).toThrow(
      new RegExp(`hyperparameters\\.${alias}${message.source}`),
    );
    const { problems } = await trainedWith({ ...fixed({}), ...RANGES }, { [alias]: '-1' });
    expect(problems).toEqual([expect.stringMatching(message)]);
  });

  test.each(ALIASES)(
    'a range for the alias %s of %s is rejected, because SageMaker tunes only declared names',
    (alias, name) => {
      const parameterRanges = [ParameterRange.continuous(alias, { min: 0.1, max: 0.2 })];
      expect(() => fragment({ parameterRanges })).toThrow(
        `parameterRanges.${alias}: is an alias of ${name}: the tunable hyperparameters are num_round, eta,`,
      );
    },
  );

  test('in the input set a hyperparameter that was tuned', async () => {
    const stack = stackOf();
    const { States } = definitionIn(fragment({}, stack), stack);
    const { settings } = await evaluateJsonata(States.Configure.Output, {
      input: { hyperparameters: { learning_rate: '0.2' } },
    });
    expect(settings.hyperparameters).toEqual({ eta: '0.2' });
    const ranges = States.TuneHyperparameters.Arguments.HyperParameterTuningJobConfig.ParameterRanges;
    expect([...(await evaluateJsonata(ranges.ContinuousParameterRanges, { input: { settings } }))]).toEqual(
      [],
    );
  });

  test('are rejected if the hyperparameter is tuned, or is given under its declared name too', async () => {
    expect(() => fragment(fixed({ learning_rate: '0.2' }))).toThrow(
      'parameterRanges.eta: is also in hyperparameters',
    );
    const both = { eta: '0.1', learning_rate: '0.2' };
    const problem =
      'hyperparameters.learning_rate: is an alias of eta, which is also given: give only one of them';
    expect(() => fragment({ ...fixed(both), ...RANGES })).toThrow(problem);
    expect((await trainedWith({ ...fixed({}), ...RANGES }, both)).problems).toEqual([problem]);
  });

  test('replace the best value in the final training', async () => {
    const finalTraining = { hyperparameters: { learning_rate: '0.01' } };
    const { final } = await trainedWith({ ...fixed({ eta: '0.3' }), ...RANGES, finalTraining });
    expect(final).toEqual({ ...DEFAULTS, num_round: '10', eta: '0.01', max_depth: '4' });
  });
});

test('hyperparameters for the final training are checked together with those of the search', () => {
  const finalTraining = { hyperparameters: { tree_method: 'approx' } };
  const props = fixed({ tree_method: 'hist', monotone_constraints: '(1,0)' });
  expect(() => fragment({ ...props, finalTraining })).toThrow(
    /: 1 problem found:\n {2}- finalTraining\.hyperparameters\.monotone_constraints: needs tree_method exact or hist, got tree_method approx$/,
  );
});

test('a hyperparameter that is known only at deploy time breaks no rule at synth', () => {
  const stack = stackOf();
  const objective = new CfnParameter(stack, 'Objective').valueAsString;
  expect(() => fragment(fixed({ objective, num_class: '3' }), stack)).not.toThrow();
});

test('hyperparameters of the input are checked together with those of the construct', async () => {
  const { problems } = await trainedWith(fixed({ monotone_constraints: '(1,0)', tree_method: 'hist' }), {
    tree_method: 'approx',
  });
  expect(problems).toEqual([
    'hyperparameters.monotone_constraints: needs tree_method exact or hist, got tree_method approx',
  ]);
});
