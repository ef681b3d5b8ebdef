import { runtimeError } from '../errors';
import { jsonText } from '../json';
import { unexpectedType } from '../jsonata/expression';
import type { ChoiceState, Condition } from '../types';
import { compareValues } from './comparisons';
import { complete, compute, lookUp, type Scope } from './data-flow';
import type { Step, Visit } from './visit';

/** Follows the first rule that matches, or else Default. */
export async function runChoice(state: ChoiceState, { scope }: Visit): Promise<Step> {
  for (const rule of state.rules) {
    if (await holds(rule.condition, state, scope)) {
      return { ...(await complete(rule.flow, scope)), next: rule.next };
    }
  }
  if (state.default === undefined) {
    // Contrary to the specification, AWS does not raise States.NoChoiceMatched.
    throw runtimeError('Failed to transition out of the state. The state does not point to a next state.');
  }
  return { ...(await complete(state.flow, scope)), next: state.default };
}

async function holds(condition: Condition, state: ChoiceState, scope: Scope): Promise<boolean> {
  switch (condition.kind) {
    case 'computed': {
      const value = await compute(condition.value, state.flow, scope);
      if (typeof value === 'boolean') return value;
      const source = condition.value.kind === 'expression' ? condition.value.expression : jsonText(value);
      throw unexpectedType(source, condition.value.field, 'boolean', value);
    }
    case 'and':
      for (const part of condition.conditions) if (!(await holds(part, state, scope))) return false;
      return true;
    case 'or':
      for (const part of condition.conditions) if (await holds(part, state, scope)) return true;
      return false;
    case 'not':
      return !(await holds(condition.condition, state, scope));
    case 'comparison': {
      const { operator, variable, operand } = condition;
      const value = lookUp(variable, scope);
      if (operator === 'IsPresent') return (value !== undefined) === ('value' in operand && operand.value);
      const other = 'value' in operand ? operand.value : lookUp(operand.path, scope);
      if (value === undefined || other === undefined) {
        const path = value === undefined || 'value' in operand ? variable : operand.path;
        throw runtimeError(
          `Invalid path '${path}': The choice state's condition path references an invalid value.`,
        );
      }
      return compareValues(operator, value, other);
    }
  }
}
