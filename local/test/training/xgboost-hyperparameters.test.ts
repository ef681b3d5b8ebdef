import { execFileSync } from 'node:child_process';
import { PYTHON_FOLDER } from '../../src/training/python-process';
import { defaultEnvironment, SETUP_TIMEOUT } from './support';

type Given = Readonly<Record<string, string>>;

const SCRIPT = `
import json, sys
sys.path.insert(0, sys.argv[1])
from errors import AlgorithmError, ClientError
from xgboost_hyperparameters import validate
def outcome(given):
    try:
        return validate(given)
    except (AlgorithmError, ClientError) as error:
        return f"{type(error).__name__}: {error}"
print(json.dumps([outcome(given) for given in json.load(sys.stdin)]))`;

const LINEAR = "ClientError: Linear updater should be one of these options: 'shotgun', 'coord_descent'.";
const UPDATE = "ClientError: process_type 'update' can only be used with updater 'refresh' and 'prune'";
const AUC = "ClientError: Metric 'auc' can only be applied for classification and ranking problems.";
const AFT = "ClientError: Metric 'aft-nloglik' can only be applied for 'survival:aft' objective.";
const CLASSES = "ClientError: Require input for parameter 'num_class' for multi-classification";
const MONOTONE =
  "ClientError: monotone_constraints can be used only when the tree_method parameter is set to either 'exact' or 'hist'.";
const INTERACTION =
  "ClientError: interaction_constraints can be used only when the tree_method parameter is set to either 'exact', 'hist' or 'approx'.";
const TREES = 'ClientError: Tree updater should not be selected from these options: shotgun, coord_descent.';
const GROW =
  'ClientError: Only one tree grow plugin can be selected. Choose one of: grow_colmaker, distcol, grow_histmaker';

/** A job's hyperparameters (other than num_round), and the error that the container reports for them, if any. */
const CASES: readonly (readonly [given: Given, refusal?: string])[] = [
  [{ booster: 'gblinear', updater: 'shotgun' }],
  [{ booster: 'gblinear', updater: 'coord_descent' }],
  [{ booster: 'gblinear', updater: 'refresh' }, LINEAR],
  [{ booster: 'gblinear', updater: 'shotgun,coord_descent' }, LINEAR],
  [{ process_type: 'update', updater: 'refresh' }],
  [{ process_type: 'update', updater: 'refresh,prune' }],
  [{ process_type: 'update', updater: 'refresh,sync' }, UPDATE],
  [{ updater: 'grow_colmaker,prune' }],
  [{ updater: 'grow_histmaker' }],
  [{ updater: 'prune,shotgun' }, TREES],
  [{ updater: 'coord_descent' }, TREES],
  [{ updater: 'grow_colmaker,distcol' }, GROW],
  [{ updater: 'prune,grow_histmaker,grow_colmaker' }, GROW],
  [{ updater: 'unheard' }, 'ClientError: Hyperparameter updater: value'],
  [{ objective: 'multi:softmax', num_class: '3' }],
  [{ objective: 'multi:softmax' }, CLASSES],
  [{ objective: 'multi:softprob' }, CLASSES],
  [{ objective: 'binary:logistic', eval_metric: 'auc' }],
  [{ objective: 'rank:pairwise', eval_metric: 'auc' }],
  [{ objective: 'reg:squarederror', eval_metric: 'rmse,auc' }, AUC],
  [{ objective: 'survival:aft', eval_metric: 'aft-nloglik' }],
  [{ objective: 'survival:cox', eval_metric: 'aft-nloglik' }, AFT],
  [
    { eval_metric: 'rmse' },
    "AlgorithmError: KeyError: 'objective': the container needs hyperparameter objective with eval_metric",
  ],
  ...['error@0.7', 'ndcg@5', 'map@5', 'error @ 0.7'].map(
    (metric) => [{ objective: 'binary:logistic', eval_metric: metric }] as const,
  ),
  [
    { objective: 'binary:logistic', eval_metric: 'error@half' },
    "ClientError: Threshold value 't' in 'error@t' expects float input.",
  ],
  [
    { objective: 'binary:logistic', eval_metric: 'auc@1' },
    "ClientError: Metric 'auc@1' is not supported. Parameter 'eval_metric' with customized threshold should be one of these options: 'error', 'ndcg', 'map'.",
  ],
  [
    { objective: 'binary:logistic', eval_metric: 'unheard' },
    "ClientError: Hyperparameter eval_metric: value ['unheard'] not in range [",
  ],
  ...['exact', 'hist'].map((method) => [{ tree_method: method, monotone_constraints: '(1,0)' }] as const),
  ...([{}, { tree_method: 'approx' }] as Given[]).map(
    (method) => [{ ...method, monotone_constraints: '(1,0)' }, MONOTONE] as const,
  ),
  ...['exact', 'hist', 'approx'].map(
    (method) => [{ tree_method: method, interaction_constraints: '[[1,2]]' }] as const,
  ),
  ...([{}, { tree_method: 'auto' }] as Given[]).map(
    (method) => [{ ...method, interaction_constraints: '[[1,2]]' }, INTERACTION] as const,
  ),
  [
    { tree_method: 'hist', monotone_constraints: '(1,2)' },
    'ClientError: Hyperparameter monotone_constraints: value (1, 2) not in range',
  ],
  [
    { tree_method: 'hist', interaction_constraints: '[[0,-1]]' },
    'ClientError: Hyperparameter interaction_constraints: value [[0, -1]] not in range',
  ],
  [
    { tree_method: 'hist', interaction_constraints: '[1]' },
    'AlgorithmError: Hyperparameter interaction_constraints: unexpected failure when validating [1]',
  ],
  [
    { tree_method: 'hist', monotone_constraints: 'up' },
    "AlgorithmError: Hyperparameter monotone_constraints: 'up' is not a tuple such as (1,0,-1)",
  ],
  [{ max_depth: 'x' }, "ClientError: Hyperparameter max_depth: could not parse value 'x' as integer"],
  [{ eta: '1.5' }, 'ClientError: Hyperparameter eta: 1.5 is not in'],
  [{ booster: 'x' }, 'ClientError: Hyperparameter booster: x is not in ['],
  [{ depth: '3' }, 'ClientError: Extraneous hyperparameter found: depth'],
  [{ _tuning_objective_metric: 'train:rmse' }, 'ClientError: Hyperparameter _tuning_objective_metric:'],
  [{ _kfold: '5', _num_cv_round: '2' }],
  [{ use_dask_gpu_training: 'false' }],
  [
    { use_dask_gpu_training: 'true' },
    'ClientError: Hyperparameter use_dask_gpu_training: Dask GPU training is not supported by local mode',
  ],
];

test(
  "hyperparameters are validated with the container's wording",
  async () => {
    const { python } = await defaultEnvironment();
    const given = CASES.map(([hyperparameters]) => ({ num_round: '1', ...hyperparameters }));
    const output = execFileSync(python, ['-c', SCRIPT, PYTHON_FOLDER], {
      input: JSON.stringify(given),
      encoding: 'utf8',
      timeout: 60_000,
    });
    const outcomes = JSON.parse(output) as (string | object)[];
    const refusals = outcomes.map((outcome) => (typeof outcome === 'string' ? outcome : undefined));
    expect(refusals.map((refusal, i) => [given[i], refusal])).toEqual(
      CASES.map(([, expected], i) => [given[i], expected && expect.stringContaining(expected)]),
    );
  },
  SETUP_TIMEOUT,
);
