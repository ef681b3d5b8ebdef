import { Token } from 'aws-cdk-lib';
import { defaultsOfRules } from '../algorithm/algorithm-rules';
import { brokenRules, describeBroken } from '../algorithm/combination-rule';
import { fixedHyperparameters, settleHyperparameters } from './settle-hyperparameters';
import type { TuningDefinition } from './tuning-definitions';

/** A broken rule about a combination of hyperparameters, and the message to report. */
export interface BrokenCombination {
  /** The hyperparameter that the message names. */
  readonly at: string;
  readonly message: string;
  /** ID of a warning; left out for an error. */
  readonly warning?: string;
}

/** The rules that the hyperparameters of the search break. */
export function brokenCombinations(definition: TuningDefinition): BrokenCombination[] {
  return broken(definition, fixedHyperparameters(definition), tunedNames(definition));
}

/** The rules that the hyperparameters of the final training break, but those of the search do not. */
export function brokenFinalCombinations(definition: TuningDefinition): BrokenCombination[] {
  const final = settleHyperparameters(definition, definition.finalHyperparameters);
  const before = brokenCombinations(definition).map(({ message }) => message);
  const tuned = tunedNames(definition).filter((name) => !(name in final));
  return broken(definition, { ...fixedHyperparameters(definition), ...final }, tuned).filter(
    ({ message }) => !before.includes(message),
  );
}

function tunedNames({ parameterRanges }: TuningDefinition): string[] {
  return parameterRanges.map(({ name }) => name);
}

function broken(
  { algorithm }: TuningDefinition,
  given: Readonly<Record<string, string>>,
  tuned: readonly string[],
): BrokenCombination[] {
  const { rules } = algorithm._definition;
  const values = { ...defaultsOfRules(rules), ...given };
  const isKnown = (name: string) => !tuned.includes(name) && !Token.isUnresolved(values[name]);
  return brokenRules(rules?.combinations ?? [], values, isKnown).map((rule) => ({
    at: rule.at,
    message: describeBroken(rule, values),
    warning: rule.warning,
  }));
}
