import { AUTOML_FAMILIES } from '../../../training/automl-runner';
import { validationError } from '../../aws-error';
import type { AutoMLJobChannel, CreateAutoMLJobRequest, TabularJobConfig } from './automl-types';

/** Objective metrics by problem type, as AutoMLJobObjective in the API model lists them. */
const OBJECTIVES: Readonly<Record<string, readonly string[]>> = {
  Regression: ['MAE', 'MSE', 'R2', 'RMSE'],
  BinaryClassification: ['Accuracy', 'AUC', 'BalancedAccuracy', 'F1', 'Precision', 'Recall'],
  MulticlassClassification: ['Accuracy', 'BalancedAccuracy', 'F1macro', 'PrecisionMacro', 'RecallMacro'],
};

/** Algorithms by mode, as AutoMLAlgorithmConfig in the API model lists them. */
const ALGORITHMS: Readonly<Record<string, readonly string[]>> = {
  ENSEMBLING: [
    ...['catboost', 'extra-trees', 'fastai', 'lightgbm'],
    ...['linear-learner', 'nn-torch', 'randomforest', 'xgboost'],
  ],
  HYPERPARAMETER_TUNING: ['linear-learner', 'mlp', 'xgboost'],
};

export const CSV = 'text/csv;header=present';
export const PARQUET = 'x-application/vnd.amazon+parquet';

/**
 * Checks rules that the service model does not contain: consistency between members, and support by local
 * mode.
 *
 * @returns the configuration for tabular data
 * @throws AwsError a ValidationException that names the invalid member
 */
export function checkAutoMLJob(request: CreateAutoMLJobRequest): TabularJobConfig {
  const table = tabularConfig(request);
  checkChannels(request.AutoMLJobInputDataConfig);
  checkSplit(request);
  checkObjective(table, request.AutoMLJobObjective?.MetricName);
  checkWeights(table);
  checkAlgorithms(table);
  if (table.GenerateCandidateDefinitionsOnly === true) {
    refuse(
      'TabularJobConfig.GenerateCandidateDefinitionsOnly: local mode does not generate candidate notebooks',
    );
  }
  const { AutoGenerateEndpointName: isNamed, EndpointName: endpoint } = request.ModelDeployConfig ?? {};
  if (isNamed === true || endpoint !== undefined) {
    refuse('ModelDeployConfig: local mode does not support endpoints');
  }
  return table;
}

/** The selected algorithms; undefined if all are allowed. */
export function chosenAlgorithms(table: TabularJobConfig): readonly string[] | undefined {
  const chosen = table.CandidateGenerationConfig?.AlgorithmsConfig?.[0]?.AutoMLAlgorithms ?? [];
  return chosen.length > 0 ? chosen : undefined;
}

/** Whether local mode's search includes an algorithm. */
export function isLocalAlgorithm(name: string): boolean {
  return (AUTOML_FAMILIES as readonly string[]).includes(name);
}

function tabularConfig({ AutoMLProblemTypeConfig: config }: CreateAutoMLJobRequest): TabularJobConfig {
  const given = Object.keys(config).filter((name) => (config as Record<string, unknown>)[name] != null);
  const [name] = given;
  if (given.length !== 1 || name === undefined) {
    refuse(
      `AutoMLProblemTypeConfig: exactly one configuration is required, got ${given.join(', ') || 'none'}`,
    );
  }
  if (config.TabularJobConfig === undefined) {
    refuse(`AutoMLProblemTypeConfig: local mode supports only TabularJobConfig, got ${name}`);
  }
  return config.TabularJobConfig;
}

function checkChannels(channels: readonly AutoMLJobChannel[]): void {
  const types = channels.map(({ ChannelType: type = 'training' }) => type);
  if (types.filter((type) => type === 'training').length !== 1) {
    refuse(
      `AutoMLJobInputDataConfig: must be one channel of ChannelType training and at most one of ChannelType validation, got ${types.join(', ')}`,
    );
  }
  const contents = channels.map(({ ContentType: content = CSV }) => content);
  for (const content of contents) {
    if (content !== CSV && content !== PARQUET) {
      refuse(`AutoMLJobInputDataConfig: ContentType must be ${CSV} or ${PARQUET}, got ${content}`);
    }
  }
  if (new Set(contents).size > 1) {
    refuse(
      'AutoMLJobInputDataConfig: the channels for training and validation must share the same ContentType',
    );
  }
}

function checkSplit(request: CreateAutoMLJobRequest): void {
  const fraction = request.DataSplitConfig?.ValidationFraction;
  if (fraction === undefined) return;
  if (!(typeof fraction === 'number' && fraction > 0 && fraction < 1)) {
    refuse(`DataSplitConfig.ValidationFraction must be greater than 0 and less than 1, got ${fraction}`);
  }
  if (request.AutoMLJobInputDataConfig.length > 1) {
    refuse('DataSplitConfig.ValidationFraction must not be set together with a validation channel');
  }
}

function checkObjective({ ProblemType: problem }: TabularJobConfig, metric: string | undefined): void {
  if ((problem === undefined) !== (metric === undefined)) {
    refuse(
      'You must either provide both AutoMLJobObjective and TabularJobConfig.ProblemType, or none of them; got only ' +
        (problem === undefined ? `AutoMLJobObjective ${metric}` : `ProblemType ${problem}`),
    );
  }
  const metrics = problem === undefined ? undefined : OBJECTIVES[problem];
  if (metrics !== undefined && metric !== undefined && !metrics.includes(metric)) {
    refuse(
      `AutoMLJobObjective.MetricName: must be one of ${metrics.join(', ')} for ${problem}, got ${metric}`,
    );
  }
}

function checkWeights(table: TabularJobConfig): void {
  const { SampleWeightAttributeName: weight, Mode: mode, TargetAttributeName: target } = table;
  if (weight === undefined) return;
  if (mode === 'HYPERPARAMETER_TUNING') {
    refuse('SampleWeightAttributeName is available only in the mode ENSEMBLING, got HYPERPARAMETER_TUNING');
  }
  if (weight === target) {
    refuse(`SampleWeightAttributeName and TargetAttributeName are the same column: ${target}`);
  }
}

function checkAlgorithms(table: TabularJobConfig): void {
  if (table.CandidateGenerationConfig?.AlgorithmsConfig !== undefined && table.Mode === 'AUTO') {
    refuse('CandidateGenerationConfig.AlgorithmsConfig must not be set when Mode is AUTO');
  }
  const chosen = chosenAlgorithms(table);
  if (chosen === undefined) return;
  const mode = table.Mode ?? 'ENSEMBLING';
  const known = ALGORITHMS[mode] ?? [];
  const unknown = chosen.filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    refuse(`AutoMLAlgorithms: the mode ${mode} supports ${known.join(', ')}; got ${unknown.join(', ')}`);
  }
  if (!chosen.some(isLocalAlgorithm)) {
    refuse(
      `AutoMLAlgorithms: local mode supports only ${AUTOML_FAMILIES.join(', ')}, got ${chosen.join(', ')}`,
    );
  }
}

function refuse(message: string): never {
  throw validationError(message);
}
