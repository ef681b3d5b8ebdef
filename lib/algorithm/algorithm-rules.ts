/** What an algorithm accepts for one hyperparameter. All values are strings in the SageMaker API. */
export interface HyperparameterRule {
  readonly name: string;
  /** `list` is a comma-separated list, `text` a literal of its own form that is not checked here. */
  readonly type: 'integer' | 'continuous' | 'categorical' | 'list' | 'text';
  readonly min?: number;
  readonly minExclusive?: number;
  readonly max?: number;
  readonly maxExclusive?: number;
  /** Words that may stand in place of a number, such as `auto`. */
  readonly words?: readonly string[];
  /** Allowed values of a categorical one, or allowed elements of a list. */
  readonly values?: readonly string[];
  /** Whether a tuning job may search it. */
  readonly tunable?: boolean;
  readonly required?: boolean;
  /** First and last image version that has it; all when left out. */
  readonly since?: string;
  readonly until?: string;
}

/** A metric that a tuning job may optimise. */
export interface ObjectiveMetricRule {
  readonly name: string;
  readonly direction: 'Maximize' | 'Minimize';
  /** First image version that has it; all when left out. */
  readonly since?: string;
}

/** Everything known at synth about what an algorithm accepts. */
export interface AlgorithmRules {
  /** How messages call the algorithm, such as `XGBoost 3.2-0`. */
  readonly title: string;
  readonly hyperparameters: readonly HyperparameterRule[];
  /** Whether other hyperparameters may be given, of which nothing is known: those of a script. */
  readonly takesOthers?: boolean;
  readonly objectiveMetrics: readonly ObjectiveMetricRule[];
  /** Checks that look at several hyperparameters at once; returns one message a problem. */
  readonly checkTogether: (values: Readonly<Record<string, string>>) => string[];
}

/** How the words that may stand in place of a number read in a message, such as ` or auto`. */
export function describeWords({ words = [] }: HyperparameterRule): string {
  return words.map((word) => ` or ${word}`).join('');
}

/** How a rule's allowed numbers read in a message, such as `at least 0` or `more than 0 and at most 1`. */
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

/** What is wrong with a hyperparameter's value, or undefined. The value is a string, as in the API. */
export function checkValue(rule: HyperparameterRule, value: string): string | undefined {
  const given = `got ${JSON.stringify(value)}`;
  if (rule.words?.includes(value)) return undefined;
  const words = describeWords(rule);
  switch (rule.type) {
    case 'integer':
      if (!/^[+-]?\d+$/.test(value)) return `must be a whole number${words}, ${given}`;
      return withinBounds(rule, Number(value))
        ? undefined
        : `must be ${describeBounds(rule)}${words}, ${given}`;
    case 'continuous':
      if (!/^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(value)) return `must be a number${words}, ${given}`;
      return withinBounds(rule, Number(value))
        ? undefined
        : `must be ${describeBounds(rule)}${words}, ${given}`;
    case 'categorical':
      return rule.values?.includes(value) ? undefined : `must be one of ${rule.values?.join(', ')}, ${given}`;
    case 'list': {
      const unknown = rule.values && value.split(',').filter((element) => !rule.values?.includes(element));
      return unknown?.length ? `may only list ${rule.values?.join(', ')}, ${given}` : undefined;
    }
    case 'text':
      return undefined;
  }
}
