import { Token } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { type BrokenCombination, brokenCombinations, brokenFinalCombinations } from './broken-combinations';
import { losesValidation } from './final-training';
import { adviseMetricRegex } from './metric-regex';
import type { TuningDefinition, TuningInput } from './tuning-definitions';
import { warn } from './warn';

/** Warns at synth of settings that AWS accepts but that do not have the intended effect. */
export function warnOfDefinitions(scope: Construct, definitions: readonly TuningDefinition[]): void {
  warnOfDifferentMetrics(scope, definitions);
  for (const definition of definitions) {
    warnOfCombinations(scope, definition);
    warnOfRegexes(scope, definition);
  }
}

/**
 * Warns about different objective metrics: SageMaker compares their values across definitions, even if they measure
 * different things.
 */
function warnOfDifferentMetrics(scope: Construct, definitions: readonly TuningDefinition[]): void {
  const metrics = definitions.map(({ objective }) => objective.metric.replace(/^.*:/, ''));
  if (new Set(metrics).size === 1) return;
  warn(
    scope,
    'differentMetrics',
    `The objective metrics of the definitions have different names (${metrics.join(', ')}): SageMaker compares their values, so they must measure the same quantity`,
  );
}

function warnOfCombinations(scope: Construct, definition: TuningDefinition): void {
  const { prop, finalProp } = definition;
  const warnAt = (hyperparameters: string, { at, message, warning }: BrokenCombination) => {
    if (warning) warn(scope, warning, `${hyperparameters}.${at}: ${message}`);
  };
  for (const broken of brokenCombinations(definition)) warnAt(`${prop}hyperparameters`, broken);
  for (const broken of brokenFinalCombinations(definition)) warnAt(finalProp, broken);
}

function warnOfRegexes(scope: Construct, { prop, algorithm }: TuningDefinition): void {
  for (const { name, regex } of algorithm._definition.metricDefinitions ?? []) {
    const advice = Token.isUnresolved(regex) ? undefined : adviseMetricRegex(regex);
    if (advice) warn(scope, 'metricRegex', `${prop}algorithm.metrics.${name}.regex: ${advice}`);
  }
}

/**
 * Warns if the search has validation data and uses a script or container, but the final training has no validation
 * data. If the training code uses early stopping, the final training may need a different number of rounds. The library
 * knows the best number of rounds only for SageMaker's XGBoost.
 */
export function warnOfFinalTraining(
  scope: Construct,
  tuning: TuningInput,
  definitions: readonly TuningDefinition[],
): void {
  for (const definition of definitions) {
    const { title, withoutValidation } = definition.algorithm._definition;
    if (withoutValidation || !losesValidation(tuning, definition)) continue;
    warn(
      scope,
      'finalRoundsUnknown',
      `finalTraining.data: the final training of ${title} has no validation channel, and gets the hyperparameters of the best training job unchanged, because the library does not know the round in which early stopping ended. The training code must run without validation data; set its number of rounds or epochs with finalTraining.hyperparameters`,
    );
  }
}
