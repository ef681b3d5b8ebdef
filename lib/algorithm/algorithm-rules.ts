import type { CombinationRule } from './combination-rule';
import { type FormName, NUMBER, VALUE_FORMS, WHOLE_NUMBER } from './value-forms';

/** The values that an algorithm accepts for one hyperparameter. All values are strings in the SageMaker API. */
export interface HyperparameterRule {
  readonly name: string;
  /** `list` is a comma-separated list. `text` is any string, checked only against `form`. */
  readonly type: 'integer' | 'continuous' | 'categorical' | 'list' | 'text';
  /** Form that a string must have, if known. */
  readonly form?: FormName;
  readonly min?: number;
  readonly minExclusive?: number;
  readonly max?: number;
  readonly maxExclusive?: number;
  /** Words that are allowed in place of a number, such as `auto`. */
  readonly words?: readonly string[];
  /** Allowed values of a categorical hyperparameter, or allowed elements of a list. */
  readonly values?: readonly string[];
  /** Elements of a list that can have a threshold, as in `error@0.7`. */
  readonly thresholds?: readonly string[];
  /** Default in the container. Given only if other rules depend on it. */
  readonly default?: string;
  /** Other names that the container accepts. A tuning job cannot tune the hyperparameter under these names. */
  readonly aliases?: readonly string[];
  /** Whether a tuning job can tune the hyperparameter. */
  readonly tunable?: boolean;
  readonly required?: boolean;
  /** First and last image versions that have the hyperparameter; all versions if left out. */
  readonly since?: string;
  readonly until?: string;
}

/** A metric that a tuning job can optimize. */
export interface ObjectiveMetricRule {
  readonly name: string;
  readonly direction: 'Maximize' | 'Minimize';
  /** First image version that has the metric; all versions if left out. */
  readonly since?: string;
}

/** Everything that is known at synth about an algorithm's hyperparameters and metrics. */
export interface AlgorithmRules {
  /** Name of the algorithm in messages, such as `XGBoost 3.2-0`. */
  readonly title: string;
  readonly hyperparameters: readonly HyperparameterRule[];
  /**
   * Whether hyperparameters that are not in `hyperparameters` are allowed. A script, for example, can have any
   * hyperparameters.
   */
  readonly takesOthers?: boolean;
  readonly objectiveMetrics: readonly ObjectiveMetricRule[];
  /**
   * Combinations of values with which training fails. They are checked at synth and in the first state of an execution.
   */
  readonly combinations?: readonly CombinationRule[];
  /**
   * Additional checks that involve several hyperparameters. They run only at synth. Returns one message for each
   * problem. A value can be a token, whose content is unknown.
   */
  readonly checkTogether?: (values: Readonly<Record<string, string>>) => string[];
}

/**
 * The hyperparameter that an alias stands for; any other name is returned unchanged. A script has no aliases, because
 * it can read hyperparameters with any name.
 */
export function canonicalName(rules: AlgorithmRules | undefined, name: string): string {
  return (rules?.takesOthers ? undefined : aliasedRule(rules, name)?.name) ?? name;
}

/** The rule of the hyperparameter that an alias stands for; undefined if the name is not an alias. */
export function aliasedRule(rules: AlgorithmRules | undefined, name: string): HyperparameterRule | undefined {
  return rules?.hyperparameters.find(({ aliases }) => aliases?.includes(name));
}

/** The defaults that other rules depend on, by hyperparameter. */
export function defaultsOfRules(rules: AlgorithmRules | undefined): Record<string, string> {
  return Object.fromEntries(
    (rules?.hyperparameters ?? []).flatMap(({ name, default: value }) =>
      value === undefined ? [] : [[name, value]],
    ),
  );
}

/** Part of a message: the words that are allowed in place of a number, such as ` or auto`. */
export function describeWords({ words = [] }: HyperparameterRule): string {
  return words.map((word) => ` or ${word}`).join('');
}

/** Part of a message: the bounds of a rule, such as `at least 0` or `more than 0 and at most 1`. */
export function describeBounds(rule: HyperparameterRule): string {
  const parts: string[] = [];
  if (rule.min !== undefined) parts.push(`at least ${rule.min}`);
  if (rule.minExclusive !== undefined) parts.push(`more than ${rule.minExclusive}`);
  if (rule.max !== undefined) parts.push(`at most ${rule.max}`);
  if (rule.maxExclusive !== undefined) parts.push(`less than ${rule.maxExclusive}`);
  return parts.join(' and ');
}

/** Whether a number lies within a rule's bounds. */
export function withinBounds(rule: HyperparameterRule, value: number): boolean {
  return (
    value >= (rule.min ?? Number.NEGATIVE_INFINITY) &&
    value > (rule.minExclusive ?? Number.NEGATIVE_INFINITY) &&
    value <= (rule.max ?? Number.POSITIVE_INFINITY) &&
    value < (rule.maxExclusive ?? Number.POSITIVE_INFINITY)
  );
}

/**
 * The problem with a hyperparameter's value; undefined if it is valid. The value is a string, as in the SageMaker API.
 */
export function checkValue(rule: HyperparameterRule, value: string): string | undefined {
  const given = `got ${JSON.stringify(value)}`;
  if (rule.words?.includes(value)) return undefined;
  const words = describeWords(rule);
  switch (rule.type) {
    case 'integer':
      if (!WHOLE_NUMBER.test(value)) return `must be a whole number${words}, ${given}`;
      return withinBounds(rule, Number(value))
        ? undefined
        : `must be ${describeBounds(rule)}${words}, ${given}`;
    case 'continuous':
      if (!NUMBER.test(value)) return `must be a number${words}, ${given}`;
      return withinBounds(rule, Number(value))
        ? undefined
        : `must be ${describeBounds(rule)}${words}, ${given}`;
    case 'categorical':
      return rule.values?.includes(value) ? undefined : `must be one of ${rule.values?.join(', ')}, ${given}`;
    case 'list':
      return value.split(',').every((element) => isElement(rule, element))
        ? undefined
        : `may only list ${rule.values?.join(', ')}${describeThresholds(rule)}, separated by commas without spaces, ${given}`;
    case 'text': {
      const form = rule.form && VALUE_FORMS[rule.form];
      return !form || form.pattern.test(value) ? undefined : `must be ${form.title}, ${given}`;
    }
  }
}

function isElement({ values, thresholds }: HyperparameterRule, element: string): boolean {
  if (!values || values.includes(element)) return true;
  const [name, threshold, ...more] = element.split('@');
  return (
    thresholds?.includes(name ?? '') === true &&
    threshold !== undefined &&
    NUMBER.test(threshold) &&
    more.length === 0
  );
}

/**
 * Part of a message: the elements that can have a threshold, such as ` (error, ndcg with a threshold, as in
 * error@0.7)`.
 */
export function describeThresholds({ thresholds }: HyperparameterRule): string {
  return thresholds ? ` (${thresholds.join(', ')} with a threshold, as in ${thresholds[0]}@0.7)` : '';
}
