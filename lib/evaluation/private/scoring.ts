import type { ModelServing } from '../../algorithm/algorithm-definition';
import { trainsFinalModel } from '../../private/final-training';
import { fixedHyperparameters, settleHyperparameters } from '../../private/settle-hyperparameters';
import type { TuningDefinition, TuningInput } from '../../private/tuning-definitions';
import type { EvaluationProblem } from '../evaluation-problem';

/** How the predictions of a definition's models are joined with the test data. */
export interface Scoring {
  readonly problem: EvaluationProblem;
  /**
   * The columns that the function `evaluate-model` reads. The last one, `prediction`, stands for all columns with
   * predictions.
   */
  readonly columns: readonly string[];
  /** JSONPath of the input columns that the model gets. */
  readonly inputFilter: string;
  /** JSONPath of the columns that the output keeps. */
  readonly outputFilter: string;
}

/** Maximum length of a JSONPath filter (shape JsonPath of the API). */
const FILTER_LENGTH = 63;

/**
 * How the models of a definition are evaluated. If the evaluation problem is unknown, returns the reason as a string.
 */
export function scoringOf(tuning: TuningInput, definition: TuningDefinition): Scoring | string {
  const { serving } = definition.algorithm._definition;
  const hyperparameters = finalHyperparameters(tuning, definition);
  const problem = problemOf(tuning, serving, hyperparameters);
  if (typeof problem === 'string') return problem;
  const leading = [
    'label',
    ...(serving.weights && hyperparameters[serving.weights] === '1' ? ['weight'] : []),
    ...(problem.problemType === 'Ranking' ? ['group'] : []),
  ];
  const places = [
    ...leading.keys(),
    ...Array.from({ length: problem._predictions }, (_, index) => index - problem._predictions),
  ];
  const filter = `$[${places.join(',')}]`;
  return {
    problem,
    columns: [...leading, 'prediction'],
    inputFilter: `$[${leading.length}:]`,
    // If the model returns more probabilities than a filter can list, the output keeps all columns, and the function
    // `evaluate-model` reads the probabilities from the last columns.
    outputFilter: filter.length > FILTER_LENGTH ? '$' : filter,
  };
}

function problemOf(
  { evaluation }: TuningInput,
  serving: ModelServing,
  hyperparameters: Readonly<Record<string, string>>,
): EvaluationProblem | string {
  if (evaluation?.problem) return evaluation.problem;
  return serving.problemOf?.(hyperparameters) ?? 'the library does not know what its models predict';
}

/** The hyperparameters of the final model that are known at synth. */
export function finalHyperparameters(
  tuning: TuningInput,
  definition: TuningDefinition,
): Record<string, string> {
  return {
    ...fixedHyperparameters(definition),
    ...(trainsFinalModel(tuning) && settleHyperparameters(definition, definition.finalHyperparameters)),
  };
}

/** The hyperparameters that an execution's input cannot change, because the evaluation depends on them. */
export function hyperparametersOfEvaluation(
  tuning: TuningInput,
  definition: TuningDefinition,
): Record<string, string> {
  if (!tuning.evaluation) return {};
  const { predictionHyperparameters = [] } = definition.algorithm._definition.serving;
  const known = fixedHyperparameters(definition);
  return Object.fromEntries(predictionHyperparameters.map((name) => [name, known[name] ?? '']));
}
