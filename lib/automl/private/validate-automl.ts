import { Token } from 'aws-cdk-lib';
import type { DataLocation } from '../../data-location';
import { LIMITS } from '../../private/limits';
import { checkNetwork } from '../../private/network';
import { Problems } from '../../private/problems';
import { requireShape } from '../../private/shape';
import { checkInput, checkJobNamePrefix, checkTags } from '../../private/validate-common-props';
import { checkApart, checkDuration, checkLocations, checkOutput } from '../../private/validate-jobs';
import type { AutoMlData } from '../automl-data';
import { AutoMlMode, AutoMlObjective } from '../automl-objective';
import type { AutoMlOptions } from '../automl-options';
import { AUTOML_FRAGMENT } from './automl-shape';

// Sources for limits and rules of the API: botocore's service model of SageMaker (shapes of CreateAutoMLJobV2). Sources
// for other limits and rules: "autopilot-quotas" and "autopilot-datasets-problem-types" of the SageMaker developer
// guide.
export const AUTOML_LIMITS = {
  candidates: 750,
  /** Quota: 30 days. */
  runtimeSeconds: { min: 1, max: 30 * 24 * 3600 },
  sampleWeightColumnLength: 256,
  outputPathLength: 512,
} as const;

/** Options of an AutoML job, and its data. */
export interface AutoMlInput extends AutoMlOptions {
  readonly train: AutoMlData;
  readonly validation?: AutoMlData;
  readonly output: DataLocation;
  readonly input?: string;
}

/**
 * Runs all checks of an AutoML job that are possible at synth.
 *
 * @throws Error named `TuningValidationError` that lists every problem
 */
export function validateAutoMl(path: string, automl: AutoMlInput, region: string): void {
  requireShape(path, AUTOML_FRAGMENT, automl);
  const problems = new Problems();
  checkRegion(problems, region);
  problems.length('target', automl.target, 1, Number.POSITIVE_INFINITY);
  checkObjective(problems, automl);
  checkValidation(problems, automl);
  checkLimits(problems, automl);
  checkSampleWeights(problems, automl);
  checkLocations(problems, 'train', [automl.train.location]);
  checkLocations(problems, 'validation', [automl.validation?.location]);
  checkLocations(problems, 'featureSpecification', [automl.featureSpecification]);
  checkLocations(problems, 'allowedInputLocations', automl.allowedInputLocations ?? []);
  checkOutput(problems, automl.output);
  checkApart(problems, 'train', automl.train.location, {
    validation: automl.validation?.location,
    output: automl.output,
  });
  checkApart(problems, 'validation', automl.validation?.location, {
    train: automl.train.location,
    output: automl.output,
  });
  problems.length('output', automl.output.uri, 1, AUTOML_LIMITS.outputPathLength);
  checkTags(problems, automl.tags, LIMITS.tags - 1);
  checkJobNamePrefix(problems, automl.jobNamePrefix);
  checkNetwork(problems, automl);
  checkInput(problems, automl.input);
  problems.throwIfAny(path);
}

/** Checks that CreateAutoMLJobV2 is available in the region. Accepts a region that is known only at deploy time. */
function checkRegion(problems: Problems, region: string): void {
  if (Token.isUnresolved(region) || !region.startsWith('cn-')) return;
  problems.add(
    'env.region',
    `must be a region outside of China, got ${region} for the stack: CreateAutoMLJobV2 is not available in the China Regions; TuningWorkflow is an alternative`,
  );
}

function checkObjective(problems: Problems, { objective, problemType }: AutoMlInput): void {
  if (objective && !problemType) {
    problems.add(
      'problemType',
      `is required, because an objective is given; ${objective.metric} is for ${objective.problemTypes.join(' and ')} (SageMaker accepts problemType and objective only together)`,
    );
  }
  if (!problemType) return;
  const known = AutoMlObjective._ALL.filter(({ problemTypes }) => problemTypes.includes(problemType));
  const names = known.map(({ metric }) => metric).join(', ');
  if (!objective) {
    problems.add(
      'objective',
      `is required, because a problemType is given; for ${problemType}: ${names} (SageMaker accepts problemType and objective only together)`,
    );
  } else if (!known.includes(objective)) {
    problems.add('objective', `must be a metric for ${problemType}: ${names}; got ${objective.metric}`);
  }
}

function checkValidation(problems: Problems, { train, validation, validationFraction }: AutoMlInput): void {
  if (
    validationFraction !== undefined &&
    !Token.isUnresolved(validationFraction) &&
    !(validationFraction > 0 && validationFraction < 1)
  ) {
    problems.add('validationFraction', `must be more than 0 and less than 1, got ${validationFraction}`);
  }
  if (!validation) return;
  if (validationFraction !== undefined) {
    problems.add(
      'validationFraction',
      'cannot be combined with validation data (SageMaker rejects the combination)',
    );
  }
  const format = ({ contentType, compressionType }: AutoMlData) =>
    compressionType === 'None' ? contentType : `${contentType}, ${compressionType}`;
  if (format(validation) !== format(train)) {
    problems.add(
      'validation',
      `must have the format of the training data (${format(train)}), got ${format(validation)}`,
    );
  }
}

function checkLimits(problems: Problems, automl: AutoMlInput): void {
  problems.integer('maxCandidates', automl.maxCandidates, 1, AUTOML_LIMITS.candidates, 'limit of SageMaker');
  const { runtimeSeconds } = AUTOML_LIMITS;
  checkDuration(problems, 'maxQuotaWait', automl.maxQuotaWait, LIMITS.quotaWaitSeconds);
  checkDuration(problems, 'maxRuntime', automl.maxRuntime, runtimeSeconds);
  checkDuration(problems, 'maxRuntimePerTrainingJob', automl.maxRuntimePerTrainingJob, runtimeSeconds);
}

function checkSampleWeights(problems: Problems, { sampleWeightColumn, mode, target }: AutoMlInput): void {
  if (sampleWeightColumn === undefined) return;
  const { sampleWeightColumnLength } = AUTOML_LIMITS;
  if (
    !Token.isUnresolved(sampleWeightColumn) &&
    (!/^[a-zA-Z0-9_-]+$/.test(sampleWeightColumn) || sampleWeightColumn.length > sampleWeightColumnLength)
  ) {
    problems.add(
      'sampleWeightColumn',
      `must be 1 to ${sampleWeightColumnLength} letters, digits, underscores and hyphens, got ${JSON.stringify(sampleWeightColumn)}`,
    );
  }
  if (sampleWeightColumn === target) problems.add('sampleWeightColumn', 'must not be the target column');
  if (mode !== AutoMlMode.ENSEMBLING) {
    problems.add(
      'mode',
      `must be ENSEMBLING, because a sampleWeightColumn is given, got ${mode ?? 'none'} (SageMaker supports sample weights only in this mode)`,
    );
  }
}
