import { Token } from 'aws-cdk-lib';
import type { AlgorithmDefinition, AlgorithmUse } from '../algorithm/algorithm-definition';
import { type AlgorithmRules, canonicalName, checkValue } from '../algorithm/algorithm-rules';
import { type InputData, TrainingInputMode } from '../input-data';
import type { TrainingResources } from '../tuning-options';
import { brokenCombinations, brokenFinalCombinations } from './broken-combinations';
import { trainsFinalModel } from './final-training';
import { LIMITS, RESERVED_HYPERPARAMETER, RESERVED_HYPERPARAMETERS } from './limits';
import { checkMetricRegex } from './metric-regex';
import type { Problems } from './problems';
import { fixedHyperparameters, metricListOf } from './settle-hyperparameters';
import { instanceCountOf, instanceTypesOf } from './training-resources';
import type { TuningDefinition, TuningInput } from './tuning-definitions';
import { checkApart, checkDuration, checkLocations, checkResources } from './validate-jobs';
import { checkRanges } from './validate-search';

/** Checks one algorithm, with its search space, data and instances. */
export function checkDefinition(problems: Problems, tuning: TuningInput, definition: TuningDefinition): void {
  const { prop } = definition;
  checkObjective(problems, definition);
  checkRanges(problems, definition);
  checkHyperparameters(problems, tuning, definition);
  checkData(problems, tuning, definition);
  checkResources(problems, `${prop}resources`, definition.resources, tuning.spot);
  checkDuration(
    problems,
    `${prop}maxTrainingRuntime`,
    definition.maxTrainingRuntime,
    LIMITS.trainingRuntimeSeconds,
  );
  checkUse(problems, tuning, definition);
}

function checkObjective(
  problems: Problems,
  { prop, objective, algorithm, validation }: TuningDefinition,
): void {
  const { metric, type } = objective;
  problems.length(`${prop}objective`, metric, 1, LIMITS.metricNameLength);
  if (Token.isUnresolved(metric)) return;
  const { rules, channelNames } = algorithm._definition;
  if (metric.startsWith(`${channelNames.validation}:`) && !validation) {
    problems.add(`${prop}validation`, `is required, because the objective is ${metric}`);
  }
  checkMetricDefinitions(problems, prop, metric, algorithm._definition);
  if (!rules?.objectiveMetrics.length) return;
  const known = rules.objectiveMetrics.find((rule) => rule.name === metric);
  if (!known) {
    const names = rules.objectiveMetrics.map((rule) => rule.name).join(', ');
    problems.add(
      `${prop}objective`,
      `must be an objective metric of ${rules.title}, got ${JSON.stringify(metric)}; its metrics are ${names}`,
    );
  } else if (known.direction !== type) {
    problems.add(
      `${prop}objective`,
      `${metric} must be ${known.direction.toLowerCase()}d, got ${type}: ${rules.title} declares this direction`,
    );
  }
}

/** Checks the metrics to find in the log of a script or container. */
function checkMetricDefinitions(
  problems: Problems,
  prop: string,
  objectiveMetric: string,
  { title, metricDefinitions, rules }: AlgorithmDefinition,
): void {
  if (!metricDefinitions) return;
  const at = `${prop}algorithm.metrics`;
  problems.count(at, metricDefinitions, 1, LIMITS.metricDefinitions);
  for (const { name, regex } of metricDefinitions) {
    problems.length(`${at}.${name}`, name, 1, LIMITS.metricNameLength);
    problems.length(`${at}.${name}.regex`, regex, 1, LIMITS.metricRegexLength);
    const problem = Token.isUnresolved(regex) ? undefined : checkMetricRegex(regex);
    if (problem) problems.add(`${at}.${name}.regex`, problem);
  }
  const names = metricDefinitions.map(({ name }) => name);
  const twice = names.filter((name, index) => names.indexOf(name) !== index);
  if (twice.length > 0) problems.add(at, `has duplicate names: ${[...new Set(twice)].join(', ')}`);
  if (!rules?.objectiveMetrics.length && !names.includes(objectiveMetric)) {
    problems.add(
      `${prop}objective`,
      `must be one of the metrics of ${title}, got ${JSON.stringify(objectiveMetric)}; its metrics are ${names.join(', ') || 'none'}`,
    );
  }
}

function checkHyperparameters(problems: Problems, tuning: TuningInput, definition: TuningDefinition): void {
  const { prop, finalProp } = definition;
  const { rules } = definition.algorithm._definition;
  const given = definition.hyperparameters ?? {};
  checkHyperparameterValues(problems, `${prop}hyperparameters`, given, rules);
  checkHyperparameterValues(problems, finalProp, definition.finalHyperparameters, rules);
  const tuned = definition.parameterRanges.map((range) => range.name);
  if (!trainsFinalModel(tuning) && Object.keys(definition.finalHyperparameters).length > 0) {
    const reason = tuning.finalTraining?.reuseBest ? 'reuseBest is true' : 'enabled is false';
    problems.add(finalProp, `has no effect, because finalTraining.${reason}`);
  }
  checkMetricList(problems, `${prop}hyperparameters`, given, definition);
  checkMetricList(problems, finalProp, definition.finalHyperparameters, definition);
  if (!rules) return;
  const fixed = fixedHyperparameters(definition);
  for (const rule of rules.hyperparameters) {
    if (!rule.required || rule.name in fixed || tuned.includes(rule.name)) continue;
    problems.add(
      `${prop}hyperparameters`,
      `${rule.name} is required by ${rules.title}: give it here or tune it with parameterRanges`,
    );
  }
  for (const rule of brokenCombinations(definition)) {
    if (!rule.warning) problems.add(`${prop}hyperparameters.${rule.at}`, rule.message);
  }
  for (const rule of brokenFinalCombinations(definition)) {
    if (!rule.warning) problems.add(`${finalProp}.${rule.at}`, rule.message);
  }
  const together = rules.checkTogether?.({
    ...Object.fromEntries(tuned.map((name) => [name, ''])),
    ...fixed,
  });
  problems.addAll((together ?? []).map((message) => `${prop}${message}`));
}

/** Checks that the list of metrics is known at synth, because the position of a metric in a token is unknown. */
function checkMetricList(
  problems: Problems,
  prop: string,
  values: Readonly<Record<string, string>>,
  definition: TuningDefinition,
): void {
  const list = metricListOf(definition);
  if (!list || !Token.isUnresolved(values[list.name])) return;
  problems.add(
    `${prop}.${list.name}`,
    `must be known at synth, because the objective's metric, ${list.last}, must be the last one in the list`,
  );
}

function checkHyperparameterValues(
  problems: Problems,
  prop: string,
  values: Readonly<Record<string, string>>,
  rules?: AlgorithmRules,
): void {
  for (const [name, value] of Object.entries(values)) {
    problems.length(prop, name, 1, LIMITS.hyperparameterNameLength);
    problems.length(`${prop}.${name}`, value, 0, LIMITS.hyperparameterValueLength);
    if (RESERVED_HYPERPARAMETERS.test(name)) problems.add(`${prop}.${name}`, RESERVED_HYPERPARAMETER);
    if (!rules || Token.isUnresolved(name)) continue;
    const own = canonicalName(rules, name);
    if (own !== name && own in values) {
      problems.add(`${prop}.${name}`, `is an alias of ${own}, which is also given: give only one of them`);
    }
    const rule = rules.hyperparameters.find((candidate) => candidate.name === own);
    if (!rule) {
      if (rules.takesOthers) continue;
      problems.add(
        `${prop}.${name}`,
        `is not a hyperparameter of ${rules.title}, which fails on unknown ones; its hyperparameters are ${rules.hyperparameters.map((known) => known.name).join(', ')}`,
      );
    } else if (!Token.isUnresolved(value)) {
      const problem = checkValue(rule, value);
      if (problem) problems.add(`${prop}.${name}`, problem);
    }
  }
}

function checkData(problems: Problems, tuning: TuningInput, definition: TuningDefinition): void {
  const { prop, train, validation, channels = {}, algorithm, resources } = definition;
  const { channelNames } = algorithm._definition;
  const all: [string, InputData | undefined][] = [
    ['train', train],
    ['validation', validation],
    ...Object.entries(channels).map(([name, data]): [string, InputData] => [`channels.${name}`, data]),
  ];
  const final = tuning.finalTraining?.resources;
  const jobs = { [`${prop}resources`]: resources, ...(final && { 'finalTraining.resources': final }) };
  for (const [name, data] of all) checkInputData(problems, `${prop}${name}`, data, tuning, jobs);
  for (const [name, data] of all) {
    checkApart(problems, `${prop}${name}`, data?.location, { output: tuning.output });
  }
  checkApart(problems, `${prop}train`, train.location, { validation: validation?.location });
  checkApart(problems, `${prop}validation`, validation?.location, { train: train.location });
  for (const name of Object.keys(channels)) {
    const at = `${prop}channels.${name}`;
    if (!LIMITS.channelNamePattern.test(name)) {
      problems.add(
        at,
        'the name of a channel must be 1 to 64 letters, digits, dots, hyphens and underscores',
      );
    }
    if (Object.values<string>({ ...channelNames }).includes(name)) {
      problems.add(
        at,
        `is the channel of ${name === channelNames.train ? 'train' : 'validation'}: give the data there instead`,
      );
    }
  }
}

/**
 * Checks the data of a channel.
 *
 * @param jobs the properties that set the resources of the jobs that read the data, with their values
 */
export function checkInputData(
  problems: Problems,
  prop: string,
  data: InputData | undefined,
  tuning: TuningInput,
  jobs: Readonly<Record<string, TrainingResources | undefined>>,
): void {
  if (!data) return;
  checkLocations(problems, prop, [data.location]);
  checkFileSystem(problems, prop, data, tuning);
  checkGzip(problems, prop, data);
  for (const [at, resources] of Object.entries(jobs))
    checkInstanceGroupNames(problems, prop, data, at, resources);
}

function checkFileSystem(
  problems: Problems,
  prop: string,
  { _fileSystem: fileSystem }: InputData,
  { vpc }: TuningInput,
): void {
  if (!fileSystem) return;
  const { fileSystemId, directoryPath } = fileSystem;
  if (!vpc) problems.add(prop, 'is in a file system: give the VPC of the file system as vpc');
  if (!Token.isUnresolved(fileSystemId) && !/^fs-[0-9a-f]{8,}$/.test(fileSystemId)) {
    problems.add(
      prop,
      `fileSystemId must be fs- and hexadecimal digits, got ${JSON.stringify(fileSystemId)}`,
    );
  }
  if (!Token.isUnresolved(directoryPath) && !directoryPath.startsWith('/')) {
    problems.add(prop, `directoryPath must be a full path, got ${JSON.stringify(directoryPath)}`);
  }
}

function checkGzip(problems: Problems, prop: string, { _options: { gzip, inputMode } }: InputData): void {
  if (!gzip || inputMode === TrainingInputMode.PIPE) return;
  problems.add(prop, 'gzip requires TrainingInputMode.PIPE: SageMaker decompresses data only in this mode');
}

function checkInstanceGroupNames(
  problems: Problems,
  prop: string,
  { _options }: InputData,
  at: string,
  resources: TrainingResources | undefined,
): void {
  const names = (resources?.instanceGroups ?? []).map(({ name }) => name);
  const unknown = (_options.instanceGroups ?? []).filter((name) => !names.includes(name));
  if (unknown.length === 0) return;
  problems.add(
    prop,
    `instanceGroups names ${unknown.join(', ')}, but ${at}.instanceGroups has ${names.join(', ') || 'none'}`,
  );
}

/** Runs the algorithm's own checks. */
function checkUse(problems: Problems, tuning: TuningInput, definition: TuningDefinition): void {
  const messages = definition.algorithm._definition.check?.(useOf(tuning, definition)) ?? [];
  problems.addAll(messages.map((message) => `${definition.prop}${message}`));
}

/** How a search uses the algorithm of one of its definitions. */
export function useOf(tuning: TuningInput, definition: TuningDefinition): AlgorithmUse {
  const { algorithm, resources, train, validation, hyperparameters = {}, parameterRanges } = definition;
  const jobs = [resources, ...(tuning.finalTraining?.resources ? [tuning.finalTraining.resources] : [])];
  return {
    train,
    validation,
    objectiveMetric: definition.objective.metric,
    hyperparameters,
    tuned: parameterRanges.map(({ name }) => name),
    instanceTypes: jobs.flatMap((each) => instanceTypesOf(each, algorithm)),
    instanceTypesOfJobs: jobs.map((each) => instanceTypesOf(each, algorithm)),
    instanceCounts: jobs.map(instanceCountOf),
    networkIsolation: tuning.networkIsolation ?? true,
  };
}
