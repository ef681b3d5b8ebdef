/** The questions, in the order they are asked, each with its answers and what these mean. */
export const QUESTIONS = {
  code: {
    text: 'Is there training code of your own?',
    answers: {
      none: 'no, and none is to be written',
      script: 'a script for a framework: XGBoost, scikit-learn, PyTorch, TensorFlow, Hugging Face',
      container: 'a container image that trains',
    },
  },
  data: {
    text: 'What is the data?',
    answers: {
      tabular: 'rows and columns: CSV, Parquet',
      other: 'texts, images, sound, anything else',
    },
  },
  control: {
    text: 'How much do you want to decide?',
    answers: {
      speed: 'little: a good model soon, without code',
      hyperparameters: 'the algorithm, what is searched, and the instances',
      everything: 'the training loop, the libraries, the environment',
    },
  },
  machines: {
    text: 'Does one training fit on one machine?',
    answers: {
      one: 'yes (a search still runs several trainings at once)',
      many: 'no: one training needs several',
    },
  },
  who: {
    text: 'Who writes it and keeps it up?',
    answers: {
      analyst: 'an analyst, who would rather not program',
      developer: 'a developer or data scientist',
      engineer: 'an ML engineer',
    },
  },
} as const;

type Questions = typeof QUESTIONS;

/** What is asked. */
export type QuestionName = keyof Questions;

/** Answers, as far as they are given. */
export type Answers = { readonly [Name in QuestionName]?: keyof Questions[Name]['answers'] };

/** What it costs to go a way. */
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
  /** Where more is told, from the top of the repository. */
  readonly more: string;
}

/** One row of the decision table. An answer that it does not name may be any. */
export interface Row {
  readonly when: Answers;
  readonly way: WayName;
  readonly reason: string;
  readonly runnerUp: WayName;
  readonly runnerUpWhen: string;
}

/** Two answers that cannot both be meant. */
export interface Contradiction {
  readonly answers: Answers;
  readonly text: string;
}

const BUILT_IN: TradeOffs = {
  cost: 'Instance time of each training job (20 unless maxTrainingJobs says otherwise); spot instances, early stopping and Hyperband save some of it.',
  control: 'The search space, strategy, objective and instances are yours; the training itself is not.',
  explainability:
    "Good: the model is plain XGBoost, so importances and SHAP values come from the xgboost library; each training job's hyperparameters and metrics are kept.",
  localMode:
    'Algorithm.xgboost() trains for real. The algorithms of Algorithm.builtIn() train in AWS only; local mode says so before anything starts.',
  cannot:
    'Take text columns (encode them as numbers first), a loss of your own, or a preparation step; tune what the algorithm does not declare.',
};

const SCRIPT: TradeOffs = {
  cost: 'Instance time of each training job, spot instances included; and your time for the script.',
  control:
    "The whole training: code, metrics, requirements.txt (with networkIsolation: false). The container, its Python and its drivers are the framework's.",
  explainability: 'What your script does for it: save what explains the model beside the model.',
  localMode: 'Runs as a process of its own with the SM_* environment and its requirements.',
  cannot:
    "Print metrics of its own in SageMaker's XGBoost image (a copy of the image can); change system packages.",
};

/** The ways, simplest first. */
export const WAYS = {
  automl: {
    title: 'Low-code: AutoMlWorkflow (SageMaker Autopilot)',
    tradeOffs: {
      cost: 'Each candidate is trained and paid (20 unless maxCandidates says otherwise), and jobs that analyse the data and explain the best model besides; no spot instances. maxRuntime is the brake.',
      control:
        'The target, the objective and how long it may take. SageMaker chooses algorithms, hyperparameters and instances.',
      explainability:
        'A leaderboard of all candidates, and a report of SageMaker Clarify (SHAP) for the best one. A stacked ensemble is hard to read beyond that.',
      localMode:
        'A local equivalent, and called so: real candidates of four model families, but not those that Autopilot trains.',
      cannot:
        "Take anything but tables (this construct; Autopilot itself does more); take a model of yours, or a hyperparameter's value.",
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
      cost: 'Instance time of each training job times its instances: a larger instance is often cheaper than several.',
      localMode:
        'Trains for real, but one training in one process with all the data, whatever instanceCount says.',
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
  // At least as many files as instances: each instance gets its share of them.
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
      cost: 'Instance time of each training job, on the instances that the model recommends: GPUs for most pretrained ones, so keep maxTrainingJobs low.',
      control:
        "The hyperparameters that the model's hub document offers, within its bounds, and the instances. The script is the model's.",
      explainability:
        'LightGBM and CatBoost: as good as XGBoost. A pretrained network that was fine-tuned: little by itself.',
      localMode:
        'LightGBM and CatBoost train for real, with the libraries themselves; other models train in AWS only.',
      cannot:
        'Change the model or its script; do without its hub document, a file that you fetch once and keep with the app.',
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
  // Fetched once with "aws sagemaker describe-hub-content": docs/jumpstart.md has the command.
  algorithm: Algorithm.jumpStart({
    document: 'models/images.json',
    // As the model's script prints it; leave metrics out where the document has it.
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
      cost: 'Instance time of each training job times its instances: a larger instance is often cheaper than several.',
      localMode:
        'Several processes with SM_HOSTS and sharded channels stand for the instances: it shows that the script works distributed, not how fast.',
      cannot:
        "Spread a script that does not know how: it needs the framework's own distribution, or XGBoost's (without a Distribution).",
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
    title: 'Container of your own: Algorithm.container()',
    tradeOffs: {
      cost: 'Instance time of each training job, spot instances included; and your time for the image: building, scanning, patching.',
      control: 'Everything, down to the operating system, on one instance or on several.',
      explainability: 'What your code does for it.',
      localMode:
        'In Docker, where it is found; else under a command of your machine (--image-command image=command).',
      cannot:
        'Start by another command than "train" in a tuning job; come from a registry other than Amazon ECR (a Dockerfile is built and pushed for you).',
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

/** Name of a way. */
export type WayName = keyof typeof WAYS;

/** The rule: the first row that fits the answers holds. */
export const ROWS: readonly Row[] = [
  {
    when: { code: 'container' },
    way: 'container',
    reason: 'The code and its environment are there already, as an image: it runs as it is.',
    runnerUp: 'script',
    runnerUpWhen:
      "a framework's own container and a requirements.txt would do: then there is no image to build and patch.",
  },
  {
    when: { code: 'script', machines: 'many' },
    way: 'script-many',
    reason: 'Your code decides how one training is spread; SageMaker starts it on each instance.',
    runnerUp: 'script',
    runnerUpWhen: 'the data fits on one larger instance: simpler, and often cheaper and no slower.',
  },
  {
    when: { code: 'script', control: 'everything' },
    way: 'script',
    reason:
      'The training is your code already; the environment follows from a framework version and requirements.txt.',
    runnerUp: 'container',
    runnerUpWhen: 'system packages, another language or exact drivers are part of "everything".',
  },
  {
    when: { code: 'script', data: 'other' },
    way: 'script',
    reason: 'Your script reads the data as it is; the construct adds the search, and the final training.',
    runnerUp: 'jumpstart',
    runnerUpWhen: 'a pretrained model does the same task: fine-tuning it takes less data and no code.',
  },
  {
    when: { code: 'script' },
    way: 'script',
    reason:
      'The script is there; the construct adds the search, and the final training with the best hyperparameters.',
    runnerUp: 'built-in',
    runnerUpWhen:
      'the script does no more than train boosted trees or a linear model: then there is no code to keep up.',
  },
  {
    when: { code: 'none', machines: 'many', control: 'everything', who: 'engineer' },
    way: 'script-many',
    reason: 'Only code of your own decides everything, and how it is spread: start with a script.',
    runnerUp: 'script',
    runnerUpWhen: 'the data fits on one larger instance: simpler, and often cheaper and no slower.',
  },
  {
    when: { code: 'none', control: 'everything', who: 'engineer' },
    way: 'script',
    reason: 'Only code of your own decides everything: a script is the least of it.',
    runnerUp: 'container',
    runnerUpWhen: 'system packages, another language or exact drivers are part of "everything".',
  },
  {
    when: { code: 'none', data: 'other' },
    way: 'jumpstart',
    reason: 'A pretrained model is fine-tuned on your data with a script that comes with it.',
    runnerUp: 'script',
    runnerUpWhen: 'no model of JumpStart has the task, or its hyperparameters are not enough.',
  },
  {
    when: { code: 'none', data: 'tabular', control: 'speed' },
    way: 'automl',
    reason:
      'A table with a header and the name of a column are all it needs: text, dates and gaps are dealt with.',
    runnerUp: 'built-in',
    runnerUpWhen:
      'all columns are numbers and the model has to be cheap to train, repeatable and easy to explain.',
  },
  {
    when: { code: 'none', data: 'tabular', machines: 'many' },
    way: 'built-in-many',
    reason: 'XGBoost spreads one training over instances by itself, each with its share of the files.',
    runnerUp: 'script-many',
    runnerUpWhen: 'what is done with the shares, or between the instances, has to be your decision.',
  },
  {
    when: { code: 'none', data: 'tabular', who: 'analyst' },
    way: 'built-in',
    reason:
      'XGBoost is a strong start on tables; the app of this repository takes its settings from cdk.json, so nothing has to be programmed.',
    runnerUp: 'automl',
    runnerUpWhen: 'there are text columns, or choosing a search space is not worth your time.',
  },
  {
    when: { code: 'none', data: 'tabular' },
    way: 'built-in',
    reason: 'XGBoost is a strong start on tables; the search space and the budget are yours, in a few lines.',
    runnerUp: 'jumpstart',
    runnerUpWhen: 'there are many categories: LightGBM and CatBoost take them as they are.',
  },
];

/** Answers that exclude each other. The rows go by the code: that is a fact, the other a wish. */
export const CONTRADICTIONS: readonly Contradiction[] = [
  {
    answers: { code: 'none', control: 'everything' },
    text: 'Control over everything takes code of your own, and there shall be none. The advice is a script for an engineer and no code for anyone else; answer "script" or "hyperparameters" to settle it.',
  },
  {
    answers: { code: 'script', control: 'speed' },
    text: 'Little to decide and no code, but a script of your own: the advice keeps the script. To go without, answer "none".',
  },
  {
    answers: { code: 'container', control: 'speed' },
    text: 'Little to decide and no code, but a container of your own: the advice keeps the container. To go without, answer "none".',
  },
];

/** For whoever is torn between two algorithms. Low-code compares several by itself. */
export const SEVERAL = {
  text: 'Torn between two? furtherDefinitions lets up to 10 algorithms take part in one search; the best of all is trained. Their metrics have to mean the same; no warm start, no early stopping.',
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

// Both metrics are the area under the ROC curve, and both read the same files: CSV, label first.
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

/** What is recommended. */
export interface Advice {
  /** Number of the row that decided, from 1. */
  readonly row: number;
  readonly answers: Answers;
  readonly contradictions: readonly string[];
  readonly recommended: { readonly name: WayName; readonly reason: string } & Way;
  readonly runnerUp: { readonly name: WayName; readonly title: string; readonly when: string };
  readonly severalAlgorithms?: { readonly text: string; readonly snippet: string; readonly more: string };
}

const QUESTION_NAMES = Object.keys(QUESTIONS) as QuestionName[];

/**
 * Looks up the advice.
 *
 * @returns the questions that have to be answered first, in their order, where answers are missing
 */
export function advise(answers: Answers): Advice | { readonly missing: readonly QuestionName[] } {
  const possible = ROWS.filter(({ when }) => QUESTION_NAMES.every((name) => allows(when, answers, name)));
  const certain = possible.findIndex(({ when }) =>
    QUESTION_NAMES.every((name) => when[name] === undefined || when[name] === answers[name]),
  );
  const [row] = possible;
  if (certain !== 0 || row === undefined) {
    // Nothing below a row that fits for certain can matter.
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

/** The rule as a table in Markdown. */
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
