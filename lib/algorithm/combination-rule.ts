/**
 * A combination of hyperparameter values with which training fails. Hyperparameters break the rule if they meet all of
 * its conditions. The rule is plain data because it is checked twice: at synth, and as JSONata in the first state of an
 * execution.
 */
export interface CombinationRule {
  /** The hyperparameter that the message names. */
  readonly at: string;
  readonly conditions: readonly Condition[];
  /** The message about the problem. `{name}` stands for the value of the hyperparameter with this name. */
  readonly message: string;
  /** ID of a warning, if the training works but has an unintended effect. Left out for an error. */
  readonly warning?: string;
  /** First and last image version that the rule applies to; all versions if left out. */
  readonly since?: string;
  readonly until?: string;
}

/**
 * A condition on the elements of a comma-separated value. A plain value is a list of one element. The threshold of an
 * element, as in `error@0.7`, is ignored.
 */
export interface Condition {
  readonly name: string;
  /** The elements to count; all elements if left out. */
  readonly among?: readonly string[];
  /** The number of counted elements must be at least `atLeast` and at most `atMost`. */
  readonly atLeast?: number;
  readonly atMost?: number;
  /** The value is a number greater than this limit. */
  readonly above?: number;
}

/** The hyperparameter's value is one of these values, or a list that contains at least one of these values. */
export function anyOf(name: string, ...among: readonly string[]): Condition {
  return { name, among, atLeast: 1 };
}

/** The hyperparameter's value contains two or more of these values. */
export function severalOf(name: string, ...among: readonly string[]): Condition {
  return { name, among, atLeast: 2 };
}

/** The hyperparameter is left out, or its value contains none of these values. */
export function noneOf(name: string, ...among: readonly string[]): Condition {
  return { name, among, atMost: 0 };
}

/** The hyperparameter has a value. */
export function given(name: string): Condition {
  return { name, atLeast: 1 };
}

/** The hyperparameter is left out. */
export function missing(name: string): Condition {
  return { name, atMost: 0 };
}

/** The hyperparameter is a number greater than this limit. */
export function above(name: string, limit: number): Condition {
  return { name, above: limit };
}

type Values = Readonly<Record<string, string>>;

/**
 * The rules that the given values break.
 *
 * @param isKnown whether the value of a hyperparameter is known; a rule about an unknown value does not count as broken
 */
export function brokenRules(
  rules: readonly CombinationRule[],
  values: Values,
  isKnown: (name: string) => boolean,
): CombinationRule[] {
  return rules.filter(({ conditions }) =>
    conditions.every((condition) => isKnown(condition.name) && holds(condition, values)),
  );
}

function holds(condition: Condition, values: Values): boolean {
  const { name, above: limit, atLeast = 0, atMost = Number.POSITIVE_INFINITY } = condition;
  if (limit !== undefined) return Number(values[name]) > limit;
  const count = counted(condition, values).length;
  return count >= atLeast && count <= atMost;
}

/** The elements that a condition counts in a hyperparameter's value. */
function counted({ name, among }: Condition, values: Values): string[] {
  const elements = values[name]?.split(',') ?? [];
  return among ? elements.filter((element) => among.includes(withoutThreshold(element))) : elements;
}

function withoutThreshold(element: string): string {
  return element.replace(/@.*$/, '');
}

/** A part of a message: literal text, or the name of a hyperparameter whose value is inserted. */
export type MessagePart = { readonly text: string } | { readonly valueOf: string };

/** The parts of a rule's message. */
export function messageParts({ message }: CombinationRule): MessagePart[] {
  return message
    .split(/\{(\w+)\}/)
    .map((part, index) => (index % 2 === 0 ? { text: part } : { valueOf: part }));
}

/**
 * A rule's message with the values inserted. If a value is a list, the message shows only the elements that break the
 * rule.
 */
export function describeBroken(rule: CombinationRule, values: Values): string {
  const show = (name: string) => {
    const condition = rule.conditions.find((each) => each.name === name && each.atLeast !== undefined);
    const broken = condition ? counted(condition, values) : [];
    return broken.join(', ') || (values[name] ?? 'none');
  };
  return messageParts(rule)
    .map((part) => ('text' in part ? part.text : show(part.valueOf)))
    .join('');
}
