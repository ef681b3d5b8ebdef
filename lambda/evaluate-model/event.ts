import { InvalidEventError } from '../shared/errors';
import type { ProblemType } from '../shared/evaluation';
import { check, fieldsOf, isOptional, isS3Uri, isStrings, show } from '../shared/event-fields';
import { METRICS } from '../shared/metric-names';

/** Event that the state machine passes to the function. */
export interface EvaluateModelEvent {
  /** S3 URI below which the transform job wrote its output. */
  readonly predictions: string;
  /**
   * Columns of a row: `label`, then `weight` or `group` if the data has one, then `prediction`. With several classes, a row
   * can end with one prediction for each class.
   */
  readonly columns: readonly Column[];
  readonly problem: Problem;
  /** S3 URI of the `evaluation.json` to write. */
  readonly statistics: string;
  /** KMS key of `evaluation.json`. Without it, S3 uses the default encryption of the bucket. */
  readonly encryptionKey?: string;
  /** Information about what is evaluated. It is copied into `evaluation.json`. */
  readonly details?: Readonly<Record<string, string>>;
  readonly gate?: Condition;
  /**
   * Group of model packages. The condition `NoWorseThanApproved` compares the model with the newest approved version of
   * this group.
   */
  readonly modelPackageGroup?: string;
}

export type Column = 'label' | 'weight' | 'group' | 'prediction';

export interface Problem {
  readonly type: ProblemType;
  /** Smallest prediction that counts as class 1; BinaryClassification only. */
  readonly threshold: number;
  /** Number of classes; MulticlassClassification only. */
  readonly classes: number;
}

export type Condition =
  | { readonly type: 'AtLeast' | 'AtMost'; readonly metric: string; readonly value: number }
  | { readonly type: 'BetterThanBaseline' }
  | { readonly type: 'NoWorseThanApproved'; readonly tolerance?: number; readonly metric?: string }
  | { readonly type: 'All' | 'Any'; readonly conditions: readonly Condition[] };

const FIELDS = [
  'predictions',
  'columns',
  'problem',
  'statistics',
  'encryptionKey',
  'details',
  'gate',
  'modelPackageGroup',
];

/** Maximum number of classes. The sums of all classes must fit into the function's memory. */
const MAX_CLASSES = 1000;

/** Maximum nesting depth of `All` and `Any`. */
const MAX_DEPTH = 10;

/** @throws InvalidEventError if a field is invalid or unknown; the message names the field and the allowed values */
export function parseEvent(event: unknown): EvaluateModelEvent {
  const fields = fieldsOf(event, FIELDS);
  const { predictions, columns, statistics, encryptionKey, details, gate, modelPackageGroup } = fields;
  check(isS3Uri(predictions), 'predictions', 's3://bucket/prefix', predictions);
  check(isS3Uri(statistics), 'statistics', 's3://bucket/key', statistics);
  check(isOptional(encryptionKey, isText), 'encryptionKey', 'a string', encryptionKey);
  check(isOptional(details, isStrings), 'details', 'a map of strings', details);
  check(isOptional(modelPackageGroup, isText), 'modelPackageGroup', 'a string', modelPackageGroup);
  const problem = parseProblem(fields['problem']);
  checkColumns(columns, problem);
  if (gate !== undefined) checkCondition(gate, problem, modelPackageGroup, MAX_DEPTH);
  return { ...fields, problem } as unknown as EvaluateModelEvent;
}

function parseProblem(value: unknown): Problem {
  const { type, threshold = 0.5, classes = 0 } = fieldsOf(value, ['type', 'threshold', 'classes']);
  const types = Object.keys(METRICS);
  check(types.includes(type as string), 'problem.type', types.join(', '), type);
  check(Number.isFinite(threshold), 'problem.threshold', 'a number', threshold);
  if (type === 'MulticlassClassification') {
    const isCount = Number.isInteger(classes) && Number(classes) >= 2 && Number(classes) <= MAX_CLASSES;
    check(isCount, 'problem.classes', `an integer from 2 to ${MAX_CLASSES}`, classes);
  }
  return { type, threshold, classes } as Problem;
}

function checkColumns(columns: unknown, { type }: Problem): void {
  const middle = type === 'Ranking' ? ['group'] : ['', 'weight'];
  const allowed = middle.map((column) => ['label', column, 'prediction'].filter(Boolean).join(','));
  check(
    Array.isArray(columns) && allowed.includes(columns.join(',')),
    'columns',
    `${allowed.map((list) => show(list.split(','))).join(' or ')} for ${type}`,
    columns,
  );
}

function checkCondition(value: unknown, problem: Problem, group: unknown, depth: number): void {
  const condition = fieldsOf(value, ['type', 'metric', 'value', 'tolerance', 'conditions']);
  const { type, metric, tolerance, conditions } = condition;
  switch (type) {
    case 'AtLeast':
    case 'AtMost':
      checkMetric(metric, problem);
      check(Number.isFinite(condition['value']), 'gate.value', 'a number', condition['value']);
      return;
    case 'BetterThanBaseline':
      return;
    case 'NoWorseThanApproved':
      if (metric !== undefined) checkMetric(metric, problem);
      check(
        isOptional(tolerance, (number) => Number.isFinite(number) && Number(number) >= 0),
        'gate.tolerance',
        'a number of at least 0',
        tolerance,
      );
      check(isText(group), 'modelPackageGroup', 'a string, because of NoWorseThanApproved', group);
      return;
    case 'All':
    case 'Any':
      check(depth > 0, 'gate', `a tree of at most ${MAX_DEPTH} levels`, type);
      check(
        Array.isArray(conditions) && conditions.length > 0,
        'gate.conditions',
        'a list of conditions',
        conditions,
      );
      for (const inner of conditions as unknown[]) checkCondition(inner, problem, group, depth - 1);
      return;
    default:
      throw new InvalidEventError(
        `gate.type must be AtLeast, AtMost, BetterThanBaseline, NoWorseThanApproved, All or Any, got ${show(type)}`,
      );
  }
}

function checkMetric(metric: unknown, { type }: Problem): void {
  const names: readonly unknown[] = METRICS[type];
  check(names.includes(metric), 'gate.metric', `a metric of ${type} (${names.join(', ')})`, metric);
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value !== '';
}
