import { Token } from 'aws-cdk-lib';
import type { DataLocation } from '../../data-location';
import { ownFinalData } from '../../private/final-training';
import { LIMITS } from '../../private/limits';
import { isBucketKnown, isWithin } from '../../private/locations';
import type { Problems } from '../../private/problems';
import type { TuningDefinition, TuningInput } from '../../private/tuning-definitions';
import { checkEnvironment } from '../../private/validate-bound';
import { checkApart, checkInstanceType, checkLocations, describe } from '../../private/validate-jobs';
import { ModelApproval } from '../model-registry';
import { conditionsIn, depthOf } from './gate-condition';
import { GATE_METRICS } from './gate-metrics';
import { type Scoring, scoringOf } from './scoring';

/** Checks the evaluation, the quality gate and the registration of the final model. */
export function checkEvaluation(
  problems: Problems,
  tuning: TuningInput,
  definitions: readonly TuningDefinition[],
): void {
  const { evaluation, test, qualityGate, failOnQualityGate, registry } = tuning;
  if (!evaluation) {
    if (test)
      problems.add('test', 'has no effect without evaluation: give evaluation, too (it can be empty)');
    if (qualityGate) problems.add('qualityGate', 'needs evaluation: give evaluation and test too');
  } else {
    checkTest(problems, tuning, definitions);
    checkResources(problems, tuning);
    for (const definition of definitions) checkScoring(problems, tuning, definition);
    checkGate(problems, tuning, definitions);
  }
  if (failOnQualityGate !== undefined && !qualityGate)
    problems.add('failOnQualityGate', 'has no effect without qualityGate');
  if (registry) checkRegistry(problems, tuning);
  for (const definition of definitions) checkContainer(problems, tuning, definition);
}

/** Checks that the test data is labeled CSV that neither the search nor the final training uses. */
function checkTest(problems: Problems, tuning: TuningInput, definitions: readonly TuningDefinition[]): void {
  const { test, output } = tuning;
  if (!test) {
    problems.add(
      'test',
      'is required with evaluation: give data that neither the search nor the final training uses',
    );
    return;
  }
  const { location, contentType, _options: options } = test;
  if (!location) {
    problems.add('test', 'must be in Amazon S3: a transform job cannot read file systems');
    return;
  }
  if (contentType?.trim().toLowerCase() !== 'text/csv') {
    const got = contentType === undefined ? 'data without a content type' : contentType;
    problems.add(
      'test',
      `must be InputData.csv(location) with the label in the first column, got ${Token.isUnresolved(contentType) ? 'a token' : got}: a transform job joins predictions only with rows of CSV`,
    );
  }
  for (const [name, value] of Object.entries(options)) {
    if (value !== undefined)
      problems.add('test', `must not have the option ${name}, which transform jobs do not support`);
  }
  checkLocations(problems, 'test', [location]);
  checkApart(problems, 'test', location, { output });
  for (const [prop, other] of Object.entries(trainedLocations(tuning, definitions))) {
    if (!overlaps(location, other)) continue;
    problems.add(
      'test',
      `must not overlap with ${prop}, got ${describe(location)} and ${describe(other)}: a score on data that the model learned from means nothing`,
    );
  }
}

/** The locations that the search and the final training read, by property. */
function trainedLocations(
  tuning: TuningInput,
  definitions: readonly TuningDefinition[],
): Record<string, DataLocation> {
  const { finalTrain, finalValidation } = ownFinalData(tuning);
  const all = {
    ...Object.fromEntries(
      definitions.flatMap(({ prop, train, validation }) => [
        [`${prop}train`, train],
        [`${prop}validation`, validation],
      ]),
    ),
    'finalTraining.data.train': finalTrain,
    'finalTraining.data.validation': finalValidation,
  };
  return Object.fromEntries(
    Object.entries(all).flatMap(([prop, data]) => (data?.location ? [[prop, data.location]] : [])),
  );
}

/** Whether one location contains the other, as far as this is known at synth. */
function overlaps(one: DataLocation, other: DataLocation): boolean {
  const areKnown = isBucketKnown(one) && isBucketKnown(other);
  return areKnown && (isWithin(one, other) || isWithin(other, one));
}

function checkResources(problems: Problems, { evaluation }: TuningInput): void {
  const { instanceType, instanceCount } = evaluation?.resources ?? {};
  checkInstanceType(problems, 'evaluation.resources.instanceType', instanceType);
  problems.integer('evaluation.resources.instanceCount', instanceCount, 1, Number.POSITIVE_INFINITY);
}

function checkScoring(problems: Problems, tuning: TuningInput, definition: TuningDefinition): void {
  const { prop, algorithm, train } = definition;
  const { title, serving } = algorithm._definition;
  if (serving.joinProblem) {
    problems.add(
      'evaluation',
      `is not available for ${title}: ${serving.joinProblem}, which a transform job cannot join with the labels`,
    );
    return;
  }
  if (serving.weights && train.contentType === 'text/libsvm') {
    problems.add(
      'evaluation',
      `needs training data (${prop}train) in CSV or Parquet for ${title}, got ${train.contentType}: test data is CSV, whose columns could have other numbers than in LIBSVM`,
    );
  }
  const scoring = scoringOf(tuning, definition);
  if (typeof scoring === 'string') {
    problems.add(
      'evaluation.problem',
      `is required for ${prop === '' ? title : `${prop}algorithm (${title})`}, because ${scoring}: give an EvaluationProblem, such as EvaluationProblem.regression()`,
    );
    return;
  }
  const weights = serving.weights && definition.hyperparameters?.[serving.weights];
  if (Token.isUnresolved(weights)) {
    problems.add(
      `${prop}hyperparameters.${serving.weights}`,
      'must be known at synth with evaluation, because the columns of the test data depend on it',
    );
  }
  checkProblem(problems, scoring);
}

function checkProblem(problems: Problems, { problem, columns }: Scoring): void {
  const { threshold, classes } = problem._options;
  if (threshold !== undefined && !(threshold >= 0 && threshold <= 1))
    problems.add('evaluation.problem', `threshold must be from 0 to 1, got ${threshold}`);
  if (classes !== undefined) problems.integer('evaluation.problem', classes, 2, MAX_CLASSES, 'classes');
  if (columns.includes('weight') && columns.includes('group'))
    problems.add('evaluation', 'does not support ranking with weights (csv_weights is 1)');
}

/** Our own limit: a row with more probabilities would be hard to read for people and programs. */
const MAX_CLASSES = 1000;

/** Our own limit. The function `evaluate-model` has the same limit. */
const MAX_DEPTH = 10;

function checkGate(problems: Problems, tuning: TuningInput, definitions: readonly TuningDefinition[]): void {
  const { qualityGate, registry } = tuning;
  if (!qualityGate) return;
  const types = new Set(
    definitions
      .map((definition) => scoringOf(tuning, definition))
      .flatMap((scoring) => (typeof scoring === 'string' ? [] : [scoring.problem.problemType])),
  );
  const depth = depthOf(qualityGate._condition);
  if (depth > MAX_DEPTH)
    problems.add(
      'qualityGate',
      `all() and any() can be nested at most ${MAX_DEPTH} levels deep, got ${depth}`,
    );
  for (const condition of conditionsIn(qualityGate._condition)) {
    if (condition.type === 'NoWorseThanApproved') {
      if (!registry)
        problems.add('qualityGate', 'noWorseThanApproved() needs registry, which has the approved models');
      if (condition.tolerance < 0)
        problems.add('qualityGate', `tolerance must be at least 0, got ${condition.tolerance}`);
    }
    const metric = 'metric' in condition ? condition.metric : undefined;
    if (metric === undefined) continue;
    for (const type of types) {
      const known = GATE_METRICS[type] ?? [];
      if (known.includes(metric)) continue;
      problems.add(
        'qualityGate',
        `${JSON.stringify(metric)} is not a metric of ${type}: use one of ${known.join(', ')}`,
      );
    }
  }
}

function checkRegistry(problems: Problems, { registry, qualityGate }: TuningInput): void {
  const { _group: group, approval } = registry as NonNullable<typeof registry>;
  if (approval === ModelApproval.BY_GATE && !qualityGate)
    problems.add(
      'registry',
      'ModelApproval.BY_GATE needs qualityGate: give one, or use ModelApproval.MANUAL',
    );
  problems.length('registry', group.description, 0, LIMITS.modelPackageDescriptionLength);
  const { name } = group;
  if (name === undefined || Token.isUnresolved(name)) return;
  const pattern = group.isNew ? /^[a-z0-9](-*[a-z0-9])*$/ : LIMITS.jobNamePattern;
  if (pattern.test(name) && name.length <= LIMITS.modelPackageGroupNameLength) return;
  problems.add(
    'registry',
    `the name of the group must be 1 to ${LIMITS.modelPackageGroupNameLength} ${group.isNew ? 'lowercase letters' : 'letters'}, digits and inner hyphens, got ${JSON.stringify(name)}`,
  );
}

function checkContainer(problems: Problems, tuning: TuningInput, definition: TuningDefinition): void {
  const { prop, algorithm, inferenceContainer } = definition;
  const at = `${prop}inferenceContainer`;
  const { title, serving } = algorithm._definition;
  if (!tuning.evaluation && !tuning.registry) {
    if (inferenceContainer) problems.add(at, 'has no effect without evaluation or registry');
    return;
  }
  if (serving.containerProblem && !inferenceContainer)
    problems.add(at, `is required for ${title}: ${serving.containerProblem}`);
  else if (serving.imageProblem && !inferenceContainer?.image)
    problems.add(`${at}.image`, `is required for ${title}: ${serving.imageProblem}`);
  checkEnvironment(
    problems,
    `${at}.environment`,
    inferenceContainer?.environment,
    LIMITS.modelEnvironmentVariables,
    LIMITS.modelEnvironmentLength,
  );
}
