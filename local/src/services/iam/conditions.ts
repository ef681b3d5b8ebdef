import { isRecord } from '../../assembly/template';
import { UserError } from '../../user-error';
import { parseOperator } from './condition-operators';
import { fillIn, lookUp, type RequestContext } from './request-context';

/** Whether all conditions of a statement's `Condition` block hold. */
export function conditionsHold(block: unknown, context: RequestContext): boolean {
  return Object.entries(isRecord(block) ? block : {}).every(([operator, keys]) =>
    Object.entries(isRecord(keys) ? keys : {}).every(([key, expected]) =>
      conditionHolds(
        operator,
        [expected].flat().map((each) => fillIn(String(each), context)),
        lookUp(context, key),
      ),
    ),
  );
}

function conditionHolds(
  operator: string,
  expected: readonly string[],
  actual: readonly string[] | undefined,
): boolean {
  const parsed = parseOperator(operator);
  if (parsed === undefined) {
    throw new UserError(`unknown IAM condition operator ${operator}`);
  }
  const { compare, quantifier, isNegated, ifExists } = parsed;
  if (compare === undefined) {
    return expected.every((each) => (each === 'true') === (actual === undefined));
  }
  if (actual === undefined) {
    // The request lacks the key, so ForAllValues holds and ForAnyValue does not. Without these qualifiers,
    // negated operators hold and others do not.
    return ifExists || quantifier === 'ForAllValues' || (isNegated && quantifier === undefined);
  }
  const holds = (value: string): boolean => expected.some((each) => compare(value, each)) === !isNegated;
  return quantifier === 'ForAllValues' || (isNegated && quantifier === undefined)
    ? actual.every(holds)
    : actual.some(holds);
}
