/** The questions in the order they are asked, with the possible answers and their meanings. */
export const QUESTIONS = {
  code: {
    text: 'Do you have your own training code?',
    answers: {
      none: 'no, and you do not want to write any',
      script: 'a script for a framework: XGBoost, scikit-learn, PyTorch, TensorFlow, Hugging Face',
      container: 'a container image',
    },
  },
  data: {
    text: 'What is the data?',
    answers: {
      tabular: 'rows and columns: CSV, Parquet',
      other: 'text, images, audio, anything else',
    },
  },
  control: {
    text: 'How much do you want to decide?',
    answers: {
      speed: 'little: you want a good model soon, without code',
      hyperparameters: 'the algorithm, the search space, and the instances',
      everything: 'the training loop, the libraries, the environment',
    },
  },
  machines: {
    text: 'Does one training job fit on one machine?',
    answers: {
      one: 'yes (a search still runs several training jobs at the same time)',
      many: 'no: one training job needs several machines',
    },
  },
  who: {
    text: 'Who writes and maintains the solution?',
    answers: {
      analyst: 'an analyst, who would rather not program',
      developer: 'a developer or data scientist',
      engineer: 'an ML engineer',
    },
  },
} as const;

type Questions = typeof QUESTIONS;

/** Name of a question. */
export type QuestionName = keyof Questions;

/** The answers given so far. */
export type Answers = { readonly [Name in QuestionName]?: keyof Questions[Name]['answers'] };

/** Advantages and disadvantages of a way to train. */
export interface TradeOffs {
  readonly cost: string;
  readonly control: string;
  readonly explainability: string;
  readonly localMode: string;
  readonly cannot: string;
}

/** A way to train. */
export interface Way {
  readonly title: string;
  readonly tradeOffs: TradeOffs;
  /** TypeScript for the constructor of a stack, with its imports. */
  readonly snippet: string;
  /** Path, relative to the root of the repository, of a page or folder with more information. */
  readonly more: string;
}

/** One row of the decision table. It matches any answer to questions that it does not name. */
export interface Row {
  readonly when: Answers;
  readonly way: WayName;
  readonly reason: string;
  readonly runnerUp: WayName;
  readonly runnerUpWhen: string;
}

/** Two answers that contradict each other. */
export interface Contradiction {
  readonly answers: Answers;
  readonly text: string;
}

const BUILT_IN: TradeOffs = {
  cost: 'Instance time of each training job (20 by default, see maxTrainingJobs). Spot instances, early stopping and Hyperband reduce it.',
  control: 'You choose the search space, strategy, objective and instances, but not the training itself.',
  explainability:
    'Good: the model is plain XGBoost, so the xgboost library computes feature importance and SHAP values. The hyperparameters and metrics of each training job are kept.',
  localMode:
    'Algorithm.xgboost() trains real models. The algorithms of Algorithm.builtIn() train only in AWS; local mode says so before anything starts.',
  cannot:
    'Text columns (encode them as numbers first), a custom loss, a preparation step, and the tuning of hyperparameters that the algorithm does not declare.',
};

const SCRIPT: TradeOffs = {
  cost: 'Instance time of each training job (spot instances are possible), and your time for the script.',
  control:
    'The whole training: code, metrics, requirements.txt (with networkIsolation: false). The framework determines the container, its Python version and its drivers.',
  explainability: 'Depends on your script: it can save explanations next to the model.',
  localMode:
    'Runs the script in a separate process, with its requirements and the SM_* environment variables.',
  cannot:
    "Custom metrics with SageMaker's XGBoost image (supported with a copy of the image), and changes to system packages.",
};

/** The ways to train, simplest first. */
export const WAYS = {
  automl: {
    title: 'Low-code: AutoMlWorkflow (SageMaker Autopilot)',
    tradeOffs: {
      cost: 'Training of each candidate (20 by default, see maxCandidates), and jobs that analyze the data and explain the best model. No spot instances. maxRuntime limits the cost.',
      control:
        'The target, the objective and the maximum run time. SageMaker chooses algorithms, hyperparameters and instances.',
      explainability:
        'A leaderboard of all candidates, and a report of SageMaker Clarify (SHAP) for the best one. Beyond that, a stacked ensemble is hard to explain.',
      localMode:
        'A local equivalent, marked as such: it trains real candidates of four model families, but not the models that Autopilot trains.',
      cannot:
        'Data other than tables (a limit of this construct, not of Autopilot), your own model, and your own hyperparameters.',
    },
    snippet: `import { AutoMlWorkflow } from 'cdk-sagemaker-tuning';

// The CSV file, with its header, goes below input/train/ in the workflow's bucket.
new AutoMlWorkflow(this, 'Churn', { target: 'churned', maxCandidates: 10 });
`,
    more: 'docs/automl.md',
  },
  'built-in': {
    title: 'Built-in algorithm: Algorithm.xgboost(), Algorithm.builtIn()',
    tradeOffs: BUILT_IN,
    snippet: `import {
  Algorithm,
  Objective,
  ParameterRange,
  ScalingType,
  TuningWorkflow,
  XGBoostVersion,
} from 'cdk-sagemaker-tuning';

// CSV files without a header, label first, go below input/train/ and input/validation/ in the workflow's bucket.
new TuningWorkflow(this, 'Prices', {
  algorithm: Algorithm.xgboost({ version: XGBoostVersion.V3_2_0 }),
  objective: Objective.minimize('validation:rmse'),
  hyperparameters: { objective: 'reg:squarederror' },
  parameterRanges: [
    ParameterRange.integer('num_round', { min: 50, max: 500 }),
    ParameterRange.integer('max_depth', { min: 3, max: 10 }),
    ParameterRange.continuous('eta', { min: 0.01, max: 0.3, scaling: ScalingType.LOGARITHMIC }),
  ],
});
`,
    more: 'docs/built-in-algorithms.md',
  },
  'built-in-many': {
    title: 'Built-in algorithm on several instances: Algorithm.xgboost() with sharded data',
    tradeOffs: {
      ...BUILT_IN,
      cost: 'The instance time of each training job, multiplied by its number of instances. One larger instance is often cheaper than several small ones.',
      localMode:
        'Trains real models, but each training job runs in one process with all the data, regardless of instanceCount.',
    },
    snippet: `import {
  Algorithm,
  DataDistribution,
  DataLocation,
  InputData,
  Objective,
  ParameterRange,
  ScalingType,
  TuningWorkflow,
  XGBoostVersion,
} from 'cdk-sagemaker-tuning';

new TuningWorkflow(this, 'Prices', {
  algorithm: Algorithm.xgboost({ version: XGBoostVersion.V3_2_0 }),
  objective: Objective.minimize('validation:rmse'),
  hyperparameters: { objective: 'reg:squarederror' },
  parameterRanges: [
    ParameterRange.integer('num_round', { min: 50, max: 500 }),
    ParameterRange.continuous('eta', { min: 0.01, max: 0.3, scaling: ScalingType.LOGARITHMIC }),
  ],
  resources: { instanceCount: 3 },
  // Use at least as many files as instances, because each instance gets its share of the files.
  train: InputData.csv(DataLocation.fromUri('s3://my-data/prices/train/'), {
    distribution: DataDistribution.SHARDED_BY_S3_KEY,
  }),
  validation: InputData.csv(DataLocation.fromUri('s3://my-data/prices/validation/')),
});
`,
    more: 'docs/built-in-algorithms.md',
  },
  jumpstart: {
    title: 'JumpStart model: Algorithm.jumpStart()',
    tradeOffs: {
      cost: 'Instance time of each training job, on the instances that the model recommends: GPUs for most pretrained models, so keep maxTrainingJobs low.',
      control:
        "The hyperparameters in the model's hub document (a file that you fetch once and keep with the app), within their bounds, and the instances. The script comes with the model.",
      explainability:
        'Good for LightGBM and CatBoost, as for XGBoost. Poor for a fine-tuned pretrained network, unless you use additional tools.',
      localMode:
        'LightGBM and CatBoost train real models, with the same libraries. Other models train only in AWS.',
      cannot: 'Changes to the model or its script.',
    },
    snippet: `import {
  Algorithm,
  DataLocation,
  InputData,
  Objective,
  ParameterRange,
  ScalingType,
  TuningWorkflow,
} from 'cdk-sagemaker-tuning';

new TuningWorkflow(this, 'Images', {
  // The hub document of the model. Fetch it once with the command in docs/jumpstart.md.
  algorithm: Algorithm.jumpStart({
    document: 'models/images.json',
    // The metric as the model's script prints it. If the hub document has metrics, omit \`metrics\`.
    metrics: [{ name: 'val_accuracy', regex: 'val_accuracy: ([-+]?[0-9]*\\\\.?[0-9]+(?:[eE][-+]?[0-9]+)?)' }],
  }),
  objective: Objective.maximize('val_accuracy'),
  parameterRanges: [
    ParameterRange.continuous('learning_rate', { min: 0.0001, max: 0.1, scaling: ScalingType.LOGARITHMIC }),
  ],
  maxTrainingJobs: 6,
  train: InputData.of(DataLocation.fromUri('s3://my-data/images/train/')),
  validation: InputData.of(DataLocation.fromUri('s3://my-data/images/validation/')),
});
`,
    more: 'docs/jumpstart.md',
  },
  script: {
    title: 'Script mode: Algorithm.script()',
    tradeOffs: SCRIPT,
    snippet: `import {
  Algorithm,
  Framework,
  Objective,
  ParameterRange,
  ScriptSource,
  TuningWorkflow,
} from 'cdk-sagemaker-tuning';

// Data goes below input/train/ and input/validation/ in the workflow's bucket; the script reads any CSV.
new TuningWorkflow(this, 'Churn', {
  algorithm: Algorithm.script({
    source: ScriptSource.fromFolder('training'),
    entryPoint: 'train.py',
    framework: Framework.scikitLearn('1.4-2'),
    // The script prints: validation f1: 0.83
    metrics: [{ name: 'validation:f1', regex: 'validation f1: ([-+]?[0-9]*\\\\.?[0-9]+(?:[eE][-+]?[0-9]+)?)' }],
  }),
  objective: Objective.maximize('validation:f1'),
  parameterRanges: [
    ParameterRange.integer('n_estimators', { min: 50, max: 500 }),
    ParameterRange.integer('max_depth', { min: 3, max: 20 }),
  ],
});
`,
    more: 'examples/script',
  },
  'script-many': {
    title: 'Script mode on several instances: Algorithm.script() with a Distribution',
    tradeOffs: {
      ...SCRIPT,
      cost: 'The instance time of each training job, multiplied by its number of instances. One larger instance is often cheaper than several small ones.',
      localMode:
        'Several processes with SM_HOSTS and sharded channels simulate the instances. This shows that the distributed script works, but not how fast it is.',
      cannot:
        'Scripts without support for distributed training: the script must use the distributed training of its framework. For XGBoost, give no Distribution.',
    },
    snippet: `import {
  Algorithm,
  DataDistribution,
  DataLocation,
  Distribution,
  Framework,
  InputData,
  Objective,
  ParameterRange,
  ScalingType,
  ScriptSource,
  TuningWorkflow,
} from 'cdk-sagemaker-tuning';

new TuningWorkflow(this, 'Images', {
  algorithm: Algorithm.script({
    source: ScriptSource.fromFolder('training'),
    entryPoint: 'train.py',
    framework: Framework.pyTorch('2.8.0'),
    distribution: Distribution.torchrun(),
    metrics: [{ name: 'validation:loss', regex: 'validation loss: ([-+]?[0-9]*\\\\.?[0-9]+(?:[eE][-+]?[0-9]+)?)' }],
  }),
  objective: Objective.minimize('validation:loss'),
  parameterRanges: [
    ParameterRange.continuous('lr', { min: 0.0001, max: 0.1, scaling: ScalingType.LOGARITHMIC }),
  ],
  resources: { instanceType: 'ml.g5.2xlarge', instanceCount: 2 },
  train: InputData.of(DataLocation.fromUri('s3://my-data/images/train/'), {
    distribution: DataDistribution.SHARDED_BY_S3_KEY,
  }),
  validation: InputData.of(DataLocation.fromUri('s3://my-data/images/validation/')),
});
`,
    more: 'examples/distributed',
  },
  container: {
    title: 'Your own container: Algorithm.container()',
    tradeOffs: {
      cost: 'Instance time of each training job (spot instances are possible), and your time to build, scan and patch the image.',
      control: 'Everything, including the operating system, on one or several instances.',
      explainability: 'Depends on your code.',
      localMode:
        'Runs in Docker, if it is installed, else with a command on your machine (--image-command image=command).',
      cannot:
        'A command other than "train" in a tuning job, and a registry other than Amazon ECR (the CDK can build and push a Dockerfile for you).',
    },
    snippet: `import { Algorithm, ContainerImage, Objective, ParameterRange, TuningWorkflow } from 'cdk-sagemaker-tuning';

new TuningWorkflow(this, 'Demand', {
  algorithm: Algorithm.container({
    image: ContainerImage.fromAsset('container'), // a folder with a Dockerfile; SageMaker starts "train" in it
    metrics: [{ name: 'validation:mape', regex: 'validation mape: ([-+]?[0-9]*\\\\.?[0-9]+(?:[eE][-+]?[0-9]+)?)' }],
  }),
  objective: Objective.minimize('validation:mape'),
  parameterRanges: [ParameterRange.continuous('smoothing', { min: 0.01, max: 0.99 })],
});
`,
    more: 'examples/container',
  },
} as const satisfies Record<string, Way>;

/** Name of a way to train. */
export type WayName = keyof typeof WAYS;

/** The decision table. The first row that matches the answers decides. */
export const ROWS: readonly Row[] = [
  {
    when: { code: 'container' },
    way: 'container',
    reason: 'Your code and its environment already exist as an image, which runs without changes.',
    runnerUp: 'script',
    runnerUpWhen:
      'the container of a framework and a requirements.txt are enough: then you have no image to build and patch.',
  },
  {
    when: { code: 'script', machines: 'many' },
    way: 'script-many',
    reason: 'Your code decides how to distribute the training. SageMaker starts it on each instance.',
    runnerUp: 'script',
    runnerUpWhen:
      'the data fits on one larger instance: a single instance is simpler, and often cheaper and as fast.',
  },
  {
    when: { code: 'script', control: 'everything' },
    way: 'script',
    reason:
      'You already have the training code. A framework version and a requirements.txt define its environment.',
    runnerUp: 'container',
    runnerUpWhen: 'you also need control over system packages, the language or exact driver versions.',
  },
  {
    when: { code: 'script', data: 'other' },
    way: 'script',
    reason:
      'Your script reads the data in its own format. The construct adds the search and the final training.',
    runnerUp: 'jumpstart',
    runnerUpWhen: 'there is a pretrained model for the task: fine-tuning it needs less data and no code.',
  },
  {
    when: { code: 'script' },
    way: 'script',
    reason:
      'You already have the script. The construct adds the search, and the final training with the best hyperparameters.',
    runnerUp: 'built-in',
    runnerUpWhen:
      'the script only trains boosted trees or a linear model: then you have no code to maintain.',
  },
  {
    when: { code: 'none', machines: 'many', control: 'everything', who: 'engineer' },
    way: 'script-many',
    reason: 'You need your own code to control everything, including the distribution. Start with a script.',
    runnerUp: 'script',
    runnerUpWhen:
      'the data fits on one larger instance: a single instance is simpler, and often cheaper and as fast.',
  },
  {
    when: { code: 'none', control: 'everything', who: 'engineer' },
    way: 'script',
    reason: 'You need your own code to control everything, and a script is the simplest form.',
    runnerUp: 'container',
    runnerUpWhen: 'you also need control over system packages, the language or exact driver versions.',
  },
  {
    when: { code: 'none', data: 'other' },
    way: 'jumpstart',
    reason: 'Fine-tunes a pretrained model on your data, with a script that comes with the model.',
    runnerUp: 'script',
    runnerUpWhen: 'JumpStart has no model for the task, or its hyperparameters are not enough.',
  },
  {
    when: { code: 'none', data: 'tabular', control: 'speed' },
    way: 'automl',
    reason:
      'It needs only a table with a header and the name of a column, and handles text, dates and missing values.',
    runnerUp: 'built-in',
    runnerUpWhen:
      'all columns are numbers, and the model must be cheap to train, reproducible and easy to explain.',
  },
  {
    when: { code: 'none', data: 'tabular', machines: 'many' },
    way: 'built-in-many',
    reason:
      'XGBoost itself distributes one training job to several instances, each with its share of the files.',
    runnerUp: 'script-many',
    runnerUpWhen: 'you want to decide how the instances process their shares, and what they exchange.',
  },
  {
    when: { code: 'none', data: 'tabular', who: 'analyst' },
    way: 'built-in',
    reason:
      'XGBoost is a strong baseline for tables. The app of this repository reads its settings from cdk.json, so no programming is needed.',
    runnerUp: 'automl',
    runnerUpWhen: 'there are text columns, or you do not want to spend time on a search space.',
  },
  {
    when: { code: 'none', data: 'tabular' },
    way: 'built-in',
    reason:
      'XGBoost is a strong baseline for tables. You define the search space and the budget in a few lines.',
    runnerUp: 'jumpstart',
    runnerUpWhen: 'there are many categories: LightGBM and CatBoost support them without encoding.',
  },
];

/**
 * Contradictory answers. The decision table follows the answer about code, because that answer states a fact. The other
 * answer states a preference.
 */
export const CONTRADICTIONS: readonly Contradiction[] = [
  {
    answers: { code: 'none', control: 'everything' },
    text: 'Control over everything needs your own code, but you do not want to write any. For an engineer, the recommendation is a script; for anyone else, a way without code. To avoid the contradiction, answer "script" or "hyperparameters".',
  },
  {
    answers: { code: 'script', control: 'speed' },
    text: 'You want to decide little and use no code, but you have your own script. The recommendation keeps the script. For a way to train without your script, answer "none".',
  },
  {
    answers: { code: 'container', control: 'speed' },
    text: 'You want to decide little and use no code, but you have your own container. The recommendation keeps the container. For a way to train without your container, answer "none".',
  },
];

/**
 * Advice for users who cannot decide between two algorithms. It is not given with AutoML, which itself compares several
 * algorithms.
 */
export const SEVERAL = {
  text: 'Cannot decide between two algorithms? furtherDefinitions compares up to 10 algorithms in one search, and trains a final model with the best one. Their metrics must be comparable. Warm start and early stopping are not supported.',
  notFor: ['automl'] as readonly WayName[],
  snippet: `import {
  Algorithm,
  BuiltInAlgorithm,
  Objective,
  ParameterRange,
  ScalingType,
  TuningWorkflow,
  XGBoostVersion,
} from 'cdk-sagemaker-tuning';

// validation:auc and validation:roc_auc_score are both the area under the ROC curve.
// Both algorithms read the same files: CSV, label first.
new TuningWorkflow(this, 'Churn', {
  definitionName: 'xgboost',
  algorithm: Algorithm.xgboost({ version: XGBoostVersion.V3_2_0 }),
  objective: Objective.maximize('validation:auc'),
  hyperparameters: { objective: 'binary:logistic', num_round: '200' },
  parameterRanges: [ParameterRange.integer('max_depth', { min: 3, max: 10 })],
  furtherDefinitions: [
    {
      name: 'linear',
      algorithm: Algorithm.builtIn(BuiltInAlgorithm.LINEAR_LEARNER),
      objective: Objective.maximize('validation:roc_auc_score'),
      hyperparameters: { predictor_type: 'binary_classifier' },
      parameterRanges: [
        ParameterRange.continuous('wd', { min: 1e-7, max: 1, scaling: ScalingType.LOGARITHMIC }),
      ],
    },
  ],
});
`,
  more: 'docs/choosing.md',
};

/** A recommendation. */
export interface Advice {
  /** Number of the deciding row in the decision table, counted from 1. */
  readonly row: number;
  readonly answers: Answers;
  readonly contradictions: readonly string[];
  readonly recommended: { readonly name: WayName; readonly reason: string } & Way;
  readonly runnerUp: { readonly name: WayName; readonly title: string; readonly when: string };
  readonly severalAlgorithms?: { readonly text: string; readonly snippet: string; readonly more: string };
}

const QUESTION_NAMES = Object.keys(QUESTIONS) as QuestionName[];

/**
 * Finds the recommendation for the answers.
 *
 * @returns the recommendation or, if answers are missing, the questions to answer first, in order
 */
export function advise(answers: Answers): Advice | { readonly missing: readonly QuestionName[] } {
  const possible = ROWS.filter(({ when }) => QUESTION_NAMES.every((name) => allows(when, answers, name)));
  const certain = possible.findIndex(({ when }) =>
    QUESTION_NAMES.every((name) => when[name] === undefined || when[name] === answers[name]),
  );
  const [row] = possible;
  if (certain !== 0 || row === undefined) {
    // If a row of the decision table matches whatever the missing answers are, the rows below it do not matter.
    const open = certain < 0 ? possible : possible.slice(0, certain);
    const matters = (name: QuestionName) =>
      answers[name] === undefined && open.some(({ when }) => when[name] !== undefined);
    return { missing: QUESTION_NAMES.filter(matters) };
  }
  return adviceOf(row, answers);
}

function allows(when: Answers, answers: Answers, name: QuestionName): boolean {
  return when[name] === undefined || answers[name] === undefined || when[name] === answers[name];
}

function adviceOf(row: Row, answers: Answers): Advice {
  const { text, snippet, more, notFor } = SEVERAL;
  return {
    row: ROWS.indexOf(row) + 1,
    answers,
    contradictions: CONTRADICTIONS.filter(({ answers: both }) =>
      QUESTION_NAMES.every((name) => both[name] === undefined || both[name] === answers[name]),
    ).map((contradiction) => contradiction.text),
    recommended: { name: row.way, reason: row.reason, ...WAYS[row.way] },
    runnerUp: { name: row.runnerUp, title: WAYS[row.runnerUp].title, when: row.runnerUpWhen },
    ...(notFor.includes(row.way) ? {} : { severalAlgorithms: { text, snippet, more } }),
  };
}

/** The decision table in Markdown. */
export function decisionTable(): string {
  const head = ['', ...QUESTION_NAMES, 'recommended', 'runner-up'];
  const rows = ROWS.map(({ when, way, runnerUp }, index) => [
    String(index + 1),
    ...QUESTION_NAMES.map((name) => when[name] ?? '–'),
    way,
    runnerUp,
  ]);
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}
