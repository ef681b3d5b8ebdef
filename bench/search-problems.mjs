// The tuning problems of `search.mjs`. A problem has a data set from bench/peers/data_sets.py, ranges, and a
// number of parallel training jobs.
//
// Use only the development half to choose settings of local mode's search. Do not look at the held-out half
// before the settings are final (docs/decisions/0036). If a held-out data set is used to choose a setting, it moves
// to the development half.

const continuous = (Name, MinValue, MaxValue, ScalingType = 'Linear') => ({
  Name,
  MinValue: String(MinValue),
  MaxValue: String(MaxValue),
  ScalingType,
});
const integer = continuous;

/** The app's ranges, with fewer rounds because the data sets are small. */
const APP = {
  IntegerParameterRanges: [integer('num_round', 50, 300), integer('max_depth', 5, 9)],
  ContinuousParameterRanges: [
    continuous('eta', 0.02, 0.1, 'Logarithmic'),
    continuous('gamma', 1e-4, 0.1, 'Logarithmic'),
    continuous('min_child_weight', 1, 16, 'Logarithmic'),
    continuous('subsample', 0.5, 1),
    continuous('colsample_bytree', 0.6, 1),
    continuous('alpha', 1e-3, 1, 'Logarithmic'),
    continuous('lambda', 0.1, 10, 'Logarithmic'),
  ],
};

const WIDE = {
  IntegerParameterRanges: [integer('num_round', 20, 100), integer('max_depth', 3, 10)],
  ContinuousParameterRanges: [
    continuous('eta', 0.01, 0.5, 'Logarithmic'),
    continuous('min_child_weight', 1, 16, 'Logarithmic'),
    continuous('subsample', 0.5, 1),
    continuous('colsample_bytree', 0.5, 1),
    continuous('lambda', 0.01, 100, 'Logarithmic'),
  ],
};

/**
 * The ranges of Amazon's direct-marketing example, all with a linear scale. `eta` can be 0, and then the model does not
 * learn.
 */
const LINEAR = {
  IntegerParameterRanges: [integer('max_depth', 1, 10)],
  ContinuousParameterRanges: [
    continuous('eta', 0, 1),
    continuous('min_child_weight', 1, 10),
    continuous('alpha', 0, 2),
  ],
};

/** The ranges of Optuna's XGBoost example: with categories, and logarithmic and reverse logarithmic scaling. */
const MIXED = {
  CategoricalParameterRanges: [
    { Name: 'booster', Values: ['gbtree', 'dart'] },
    { Name: 'grow_policy', Values: ['depthwise', 'lossguide'] },
  ],
  IntegerParameterRanges: [integer('max_depth', 1, 9), integer('min_child_weight', 2, 10)],
  ContinuousParameterRanges: [
    continuous('eta', 1e-8, 1, 'Logarithmic'),
    continuous('gamma', 1e-8, 1, 'Logarithmic'),
    continuous('alpha', 1e-8, 1, 'Logarithmic'),
    continuous('lambda', 1e-8, 1, 'Logarithmic'),
    continuous('subsample', 0.2, 0.98, 'ReverseLogarithmic'),
    continuous('colsample_bytree', 0.2, 1),
  ],
};

/**
 * With a small `subsample`, each tree is trained on few, randomly chosen rows. So the results of similar
 * hyperparameters differ by chance.
 */
const NOISY = {
  CategoricalParameterRanges: [{ Name: 'tree_method', Values: ['hist', 'exact', 'approx'] }],
  IntegerParameterRanges: [integer('max_depth', 2, 10)],
  ContinuousParameterRanges: [
    continuous('eta', 0.01, 0.5, 'Logarithmic'),
    continuous('gamma', 0, 5),
    continuous('subsample', 0.2, 0.9),
  ],
};

const ROUNDS = '40';
const problem = (set, ranges, parallel = 1) => ({
  set,
  ranges,
  parallel,
  hyperparameters: ranges.IntegerParameterRanges.some(({ Name }) => Name === 'num_round')
    ? {}
    : { num_round: ROUNDS },
});

export const DEVELOPMENT = [
  problem('diabetes', APP),
  problem('friedman1', APP, 2),
  problem('breast-cancer', WIDE),
  problem('digits', WIDE, 5),
  problem('wine', MIXED),
  problem('friedman2', MIXED, 2),
  problem('friedman3', APP),
  problem('classification', APP, 2),
  problem('linear', MIXED, 10),
  problem('Bikeshare', LINEAR),
  problem('OJ', LINEAR, 5),
  problem('Hitters', NOISY, 2),
];

export const HELD_OUT = [
  problem('Boston', APP),
  problem('Default', APP),
  problem('diamonds', APP),
  problem('Wage', APP, 2),
  problem('Carseats', WIDE, 2),
  problem('College', WIDE, 5),
  problem('Auto', LINEAR),
  problem('Credit', LINEAR, 5),
  problem('Caravan', MIXED, 2),
  problem('Smarket', MIXED),
  problem('hastie', NOISY),
  problem('moons', NOISY, 10),
];
