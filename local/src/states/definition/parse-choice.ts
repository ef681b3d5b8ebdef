import { OPERATORS } from '../execution/comparisons';
import { type Json, numberIn } from '../json';
import { parseTimestamp } from '../timestamp';
import type { ChoiceRule, ChoiceState, Condition, QueryLanguage } from '../types';
import { takePath } from './check-templates';
import type { Fields } from './fields';
import { parseComputed, parseFlow } from './parse-flow';

/** Reads a Choice state. */
export function parseChoice(name: string, fields: Fields, language: QueryLanguage): ChoiceState {
  const flow = parseFlow(fields, language, { paths: true, assign: true });
  if (!fields.has('Choices')) fields.missing('Choices');
  const rules = fields.list('Choices').map((rule, i): ChoiceRule => {
    const locationPrefix = `Choices[${i}]/`;
    const own = parseFlow(rule, language, { assign: true, locationPrefix });
    const parsed = {
      next: rule.requiredString('Next'),
      flow:
        own.language === 'JSONPath' && flow.language === 'JSONPath' ? { ...flow, assign: own.assign } : own,
      condition: language === 'JSONata' ? parseCondition(rule, locationPrefix) : parseRule(rule),
    };
    rule.string('Comment');
    rule.finish();
    return parsed;
  });
  return { type: 'Choice', name, flow, rules, default: fields.string('Default') };
}

function parseCondition(rule: Fields, locationPrefix: string): Condition {
  const value = parseComputed(rule, 'Condition', 'JSONata', (v) =>
    typeof v === 'boolean' ? undefined : 'a boolean',
  );
  if (!value) rule.missing('Condition');
  const literal = { kind: 'literal', field: 'Condition', value: false } as const;
  const condition = value ?? literal;
  return { kind: 'computed', value: { ...condition, field: `${locationPrefix}${condition.field}` } };
}

/** Reads a comparison, or rules combined by And, Or and Not. */
function parseRule(rule: Fields): Condition {
  rule.string('Comment');
  for (const [name, kind] of [['And', 'and'] as const, ['Or', 'or'] as const]) {
    if (rule.has(name)) return { kind, conditions: rule.list(name).map(parseNestedRule) };
  }
  const negated = rule.nested('Not');
  if (negated) return { kind: 'not', condition: parseNestedRule(negated) };
  return parseComparison(rule);
}

function parseNestedRule(rule: Fields): Condition {
  const condition = parseRule(rule);
  rule.finish('is not supported in a nested rule');
  return condition;
}

function parseComparison(rule: Fields): Condition {
  const variable = takePath(rule, 'Variable') ?? rule.missing('Variable') ?? '$';
  const field = rule.rest.find((name) => OPERATORS.has(name.replace(/Path$/, '')));
  if (!field) {
    rule.problem('A choice rule must have a comparison operator');
    return { kind: 'or', conditions: [] };
  }
  const operator = field.replace(/Path$/, '');
  const type = OPERATORS.get(operator);
  if (field !== operator) {
    // The `Is…` operators and StringMatches have no `…Path` form.
    if (operator.startsWith('Is') || operator === 'StringMatches') {
      rule.problem(`The field '${field}' is not supported`, field);
    }
    return { kind: 'comparison', variable, operator, operand: { path: takePath(rule, field) ?? '$' } };
  }
  const value = rule.take(field) ?? null;
  if (!isOfType(value, type)) rule.problem(`The field '${field}' must be a ${type}`, field);
  return { kind: 'comparison', variable, operator, operand: { value } };
}

function isOfType(value: Json, type: string | undefined): boolean {
  switch (type) {
    case 'Numeric':
      return numberIn(value) !== undefined;
    case 'Boolean':
      return typeof value === 'boolean';
    case 'Timestamp':
      return typeof value === 'string' && parseTimestamp(value) !== undefined;
    default:
      return typeof value === 'string';
  }
}
