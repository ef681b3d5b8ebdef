import type { ConditionResult, Evaluation, GateResult, Metric } from '../shared/evaluation';
import { isLowerBetter, mainMetric } from '../shared/metric-names';
import type { ApprovedVersion, ApprovedVersionReader } from './approved-version';
import type { Condition } from './event';
import { metricInFile } from './statistics-file';

/**
 * Decides whether a model passes the gate. All conditions are evaluated, so that the result can show the decision of
 * each condition.
 */
export async function decide(
  gate: Condition,
  evaluation: Evaluation,
  readApproved: ApprovedVersionReader,
): Promise<GateResult> {
  let reading: Promise<ApprovedVersion | undefined> | undefined;
  const results: ConditionResult[] = [];
  const visit = async (condition: Condition): Promise<Decision> => {
    if ('conditions' in condition) {
      const decisions: Decision[] = [];
      for (const inner of condition.conditions) decisions.push(await visit(inner));
      return condition.type === 'All' ? all(decisions) : any(decisions);
    }
    if (condition.type === 'NoWorseThanApproved') reading ??= readApproved();
    const result = evaluate(condition, evaluation, await reading);
    results.push(result);
    return result;
  };
  const { passed, reason } = await visit(gate);
  return { passed, reason, conditions: results };
}

type Decision = Pick<ConditionResult, 'passed' | 'reason'>;
type Leaf = Exclude<Condition, { conditions: unknown }>;

function all(decisions: readonly Decision[]): Decision {
  const failed = decisions.filter(({ passed }) => !passed);
  return { passed: failed.length === 0, reason: join(failed.length > 0 ? failed : decisions) };
}

function any(decisions: readonly Decision[]): Decision {
  const met = decisions.filter(({ passed }) => passed);
  return { passed: met.length > 0, reason: join(met.length > 0 ? met : decisions) };
}

function join(decisions: readonly Decision[]): string {
  return decisions.map(({ reason }) => reason).join('; ');
}

function evaluate(
  condition: Leaf,
  evaluation: Evaluation,
  approved: ApprovedVersion | undefined,
): ConditionResult {
  const name =
    'metric' in condition && condition.metric !== undefined ? condition.metric : mainMetric(evaluation);
  const metric = evaluation.metrics[name] as Metric;
  switch (condition.type) {
    case 'AtLeast':
    case 'AtMost': {
      const isLeast = condition.type === 'AtLeast';
      return compare(name, metric, {
        condition: `${name} is at ${isLeast ? 'least' : 'most'} ${condition.value}`,
        limit: condition.value,
        isMet: (value) => (isLeast ? value >= condition.value : value <= condition.value),
        rule: () => `the gate ${isLeast ? 'requires at least' : 'allows at most'} ${condition.value}`,
      });
    }
    case 'BetterThanBaseline':
      return betterThanBaseline(name, metric);
    case 'NoWorseThanApproved':
      return noWorseThanApproved(name, metric, condition.tolerance ?? 0, evaluation, approved);
  }
}

function betterThanBaseline(name: string, metric: Metric): ConditionResult {
  const { baseline } = metric;
  const condition = `${name} is better than the baseline`;
  if (baseline === null) return without(condition, metric, `${name} of the baseline is undefined`);
  return compare(name, metric, {
    condition,
    limit: baseline,
    isMet: (value) => (isLowerBetter(name) ? value < baseline : value > baseline),
    rule: (shown) => `the baseline has ${shown}`,
  });
}

function noWorseThanApproved(
  name: string,
  metric: Metric,
  tolerance: number,
  { problem }: Evaluation,
  approved: ApprovedVersion | undefined,
): ConditionResult {
  const condition = `${name} is no worse than that of the newest approved version${tolerance > 0 ? `, with a tolerance of ${tolerance}` : ''}`;
  if (!approved) {
    return {
      ...without(condition, metric, 'there is no approved version to compare with yet'),
      passed: true,
    };
  }
  const { title, problem: unreadable } = approved;
  if (unreadable !== undefined) {
    return without(condition, metric, `${title} cannot be compared: ${unreadable}`);
  }
  const other = metricInFile(approved.statistics, problem, name);
  if (other === undefined) {
    return without(condition, metric, `${title} cannot be compared: its statistics have no ${name}`);
  }
  const limit = isLowerBetter(name) ? other + tolerance : other - tolerance;
  return compare(name, metric, {
    condition,
    limit,
    isMet: (value) => (isLowerBetter(name) ? value <= limit : value >= limit),
    rule: (shown) =>
      tolerance === 0
        ? `the approved ${title} has ${shown}`
        : `the approved ${title} and the tolerance of ${tolerance} ${isLowerBetter(name) ? 'allow at most' : 'require at least'} ${shown}`,
  });
}

interface Comparison {
  readonly condition: string;
  readonly limit: number;
  readonly isMet: (value: number) => boolean;
  /** Describes the condition with a formatted limit, such as `the gate allows at most 0.3`. */
  readonly rule: (limit: string) => string;
}

function compare(
  name: string,
  metric: Metric,
  { condition, limit, isMet, rule }: Comparison,
): ConditionResult {
  const { value } = metric;
  if (value === null)
    return { ...without(condition, metric, `${name} is undefined: ${metric.reason}`), limit };
  const [shown, shownLimit] = shortest(value, limit);
  return {
    condition,
    passed: isMet(value),
    value,
    limit,
    reason: `${name} is ${shown}, ${rule(shownLimit)}`,
  };
}

function without(condition: string, { value }: Metric, reason: string): ConditionResult {
  return { condition, passed: false, value, limit: null, reason };
}

/** Formats two numbers with at least 3 significant digits, and with enough digits to tell them apart. */
function shortest(one: number, other: number): [string, string] {
  for (let digits = 3; digits < 17; digits += 1) {
    const shown = [one, other].map((number) => String(Number(number.toPrecision(digits)))) as [
      string,
      string,
    ];
    if (shown[0] !== shown[1] || one === other) return shown;
  }
  return [String(one), String(other)];
}
