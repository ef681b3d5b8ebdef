import { XGBoostVersion } from '../lib';
import { brokenRules, describeBroken } from '../lib/algorithm/combination-rule';
import { xgboost } from '../lib/algorithm/xgboost';
import { XGBOOST_OBJECTIVE_METRICS } from '../lib/algorithm/xgboost-hyperparameters';
import type { Manifest, ProblemType } from './data';
import type { Settings } from './settings';
import { SettingsError } from './settings-error';

/** The training objective, and the metric of the search. */
export interface LearningTask {
  readonly hyperparameters: Readonly<Record<string, string>>;
  readonly metric: string;
  readonly direction: 'Minimize' | 'Maximize';
}

/**
 * Defaults for each type of problem. The metric is log loss instead of accuracy: the training minimizes log loss, which
 * does not depend on a threshold. In addition, with XGBoost 3.x and these objectives, SageMaker's container reports
 * values of accuracy, F1, precision and recall that never change.
 */
const DEFAULTS: Readonly<Record<ProblemType, { readonly objective: string; readonly metric: string }>> = {
  Regression: { objective: 'reg:squarederror', metric: 'validation:rmse' },
  BinaryClassification: { objective: 'binary:logistic', metric: 'validation:logloss' },
  MulticlassClassification: { objective: 'multi:softprob', metric: 'validation:mlogloss' },
};

/** Families of XGBoost's objectives that need class numbers as labels. Other objectives accept any numbers. */
const CLASSIFIERS: Readonly<Record<string, ProblemType>> = {
  binary: 'BinaryClassification',
  multi: 'MulticlassClassification',
};

/**
 * The type of problem that the settings require; undefined if the label determines the type.
 *
 * @throws SettingsError if the settings contradict each other
 */
export function wantedProblemType(settings: Settings): ProblemType | undefined {
  const { problemType } = settings;
  const objectives = objectivesOf(settings);
  const types = new Set(
    objectives.map((objective) => CLASSIFIERS[objective.split(':')[0] ?? ''] ?? 'Regression'),
  );
  if (types.size > 1) {
    throw new SettingsError(
      `tuning:parameterRanges.objective: ${objectives.join(', ')} need different labels: tune objectives of one type of problem`,
    );
  }
  const [ofObjective] = types;
  if (problemType && ofObjective && problemType !== ofObjective) {
    throw new SettingsError(
      `tuning:problemType is ${problemType}, but the objective ${objectives.join(', ')} is for ${ofObjective}: set only one of them, or use an objective for the problem type, such as ${DEFAULTS[problemType].objective}`,
    );
  }
  return problemType ?? ofObjective;
}

/**
 * Objective, metric and number of classes, from the settings or else from the label.
 *
 * @param manifest manifest of a prepared table; without one, the default is regression
 * @throws SettingsError if `num_class` does not fit the label, or the metric does not fit the training objective
 */
export function learningTaskOf(settings: Settings, manifest?: Manifest): LearningTask {
  const problemType = manifest?.label.problemType ?? wantedProblemType(settings) ?? 'Regression';
  const defaults = DEFAULTS[problemType];
  const metric = settings.objective ?? defaults.metric;
  const rule = XGBOOST_OBJECTIVE_METRICS.find(({ name }) => name === metric);
  const task: LearningTask = {
    hyperparameters: {
      ...(objectivesOf(settings).length === 0 && { objective: defaults.objective }),
      ...(problemType === 'MulticlassClassification' && manifest && numberOfClasses(settings, manifest)),
      ...settings.hyperparameters,
    },
    metric,
    direction: settings.direction ?? rule?.direction ?? 'Minimize',
  };
  checkMetric(settings, task, manifest);
  return task;
}

/**
 * Checks the metric, and names the settings in the error. The library's own error would name a hyperparameter that the
 * user might not have set.
 */
function checkMetric(
  settings: Settings,
  { hyperparameters, metric }: LearningTask,
  manifest?: Manifest,
): void {
  const problem = metricProblem(settings, hyperparameters, metric);
  if (problem === undefined) return;
  const suitable = Object.values(DEFAULTS).find(
    ({ objective }) => metricProblem(settings, { ...hyperparameters, objective }, metric) === undefined,
  );
  // For a table, the objective must also fit the label.
  const advice =
    manifest || !suitable
      ? ''
      : `, or set the objective of training in tuning:hyperparameters, such as ${JSON.stringify({ objective: suitable.objective })}`;
  const source =
    settings.hyperparameters['objective'] === undefined ? 'the default' : 'from tuning:hyperparameters';
  throw new SettingsError(
    `tuning:objective is ${metric}, but training uses the objective ${hyperparameters['objective']} (${source}): ${problem}. Name another metric in tuning:objective${advice}`,
  );
}

/** The reason why a metric does not fit the training objective; undefined if it fits, or the objective is tuned. */
function metricProblem(
  { xgboostVersion, parameterRanges }: Settings,
  hyperparameters: LearningTask['hyperparameters'],
  metric: string,
): string | undefined {
  const values = { ...hyperparameters, eval_metric: metric.replace(/^validation:/, '') };
  const { combinations = [] } = xgboost({ version: XGBoostVersion.of(xgboostVersion) }).rules ?? {};
  const rules = combinations.filter(
    ({ conditions, warning }) =>
      !warning && ['objective', 'eval_metric'].every((name) => conditions.some((each) => each.name === name)),
  );
  const [broken] = brokenRules(rules, values, (name) => !(name in parameterRanges));
  return broken && describeBroken(broken, values);
}

/** The settings that define a learning task for data that is already in S3. */
export function settingsFor({ hyperparameters, metric, direction }: LearningTask): Partial<Settings> {
  return { hyperparameters, objective: metric, direction };
}

/** Description of the task for the terminal. */
export function describeTask({ hyperparameters, metric, direction }: LearningTask): string {
  const { objective = 'a tuned objective', num_class } = hyperparameters;
  const classes = num_class === undefined ? '' : `, num_class ${num_class}`;
  return `  training: ${objective}${classes}. The search ${direction === 'Minimize' ? 'minimizes' : 'maximizes'} ${metric}`;
}

/** Baseline for the metric: its value for a model without features, if known. */
export function describeBaseline({ metric }: LearningTask, { label }: Manifest): string[] {
  const isRegression = label.problemType === 'Regression';
  const metrics = isRegression ? ['validation:rmse'] : ['validation:logloss', 'validation:mlogloss'];
  if (!metrics.includes(metric)) return [];
  const prediction = isRegression ? 'the mean' : 'the class shares';
  return [
    `  baseline: ${metric} ${Number(label.baseline.toPrecision(4))} for a model that always predicts ${prediction}`,
  ];
}

function numberOfClasses(
  { hyperparameters, parameterRanges }: Settings,
  { label }: Manifest,
): Record<string, string> {
  const classes = label.classes?.length ?? 0;
  if ('num_class' in parameterRanges) return {};
  const given = hyperparameters['num_class'];
  if (given !== undefined && Number(given) < classes) {
    throw new SettingsError(
      `tuning:hyperparameters: num_class is ${given}, but the label ${label.column} has ${classes} classes: leave num_class out, or set ${classes}`,
    );
  }
  return { num_class: String(classes) };
}

function objectivesOf({ hyperparameters, parameterRanges }: Settings): readonly string[] {
  const range = parameterRanges['objective'];
  if (range) return range.type === 'categorical' ? range.values : [];
  return hyperparameters['objective'] === undefined ? [] : [hyperparameters['objective']];
}
