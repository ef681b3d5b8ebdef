import { isRecord } from '../../assembly/template';
import { UserError } from '../../user-error';
import { fillIn, lookUp, type RequestContext } from './request-context';
import { matchesWildcard } from './wildcard';

type Comparison = (actual: string, expected: string) => boolean;

const COMPARISONS: Readonly<Record<string, Comparison>> = {
  StringEquals: (actual, expected) => actual === expected,
  StringEqualsIgnoreCase: (actual, expected) => actual.toLowerCase() === expected.toLowerCase(),
  StringLike: (actual, expected) => matchesWildcard(expected, actual),
  ArnEquals: matchesArn,
  ArnLike: matchesArn,
  Bool: (actual, expected) => actual.toLowerCase() === expected.toLowerCase(),
  NumericEquals: (actual, expected) => Number(actual) === Number(expected),
  NumericLessThan: (actual, expected) => Number(actual) < Number(expected),
  NumericLessThanEquals: (actual, expected) => Number(actual) <= Number(expected),
  NumericGreaterThan: (actual, expected) => Number(actual) > Number(expected),
  NumericGreaterThanEquals: (actual, expected) => Number(actual) >= Number(expected),
  DateEquals: (actual, expected) => Date.parse(actual) === Date.parse(expected),
  DateLessThan: (actual, expected) => Date.parse(actual) < Date.parse(expected),
  DateLessThanEquals: (actual, expected) => Date.parse(actual) <= Date.parse(expected),
  DateGreaterThan: (actual, expected) => Date.parse(actual) > Date.parse(expected),
  DateGreaterThanEquals: (actual, expected) => Date.parse(actual) >= Date.parse(expected),
};

/** Operators that hold when their counterpart does not. */
const NEGATIONS: Readonly<Record<string, string>> = {
  StringNotEquals: 'StringEquals',
  StringNotEqualsIgnoreCase: 'StringEqualsIgnoreCase',
  StringNotLike: 'StringLike',
  ArnNotEquals: 'ArnEquals',
  ArnNotLike: 'ArnLike',
  NumericNotEquals: 'NumericEquals',
  DateNotEquals: 'DateEquals',
};

/** Whether every condition of a statement's `Condition` block holds. */
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
  const [, quantifier, base = '', ifExists] =
    /^(?:(ForAnyValue|ForAllValues):)?(.*?)(IfExists)?$/.exec(operator) ?? [];
  if (base === 'Null') {
    return expected.every((each) => (each === 'true') === (actual === undefined));
  }
  const negated = NEGATIONS[base];
  const compare = COMPARISONS[negated ?? base];
  if (compare === undefined) {
    throw new UserError(`local mode does not have the IAM condition operator ${operator}`);
  }
  if (actual === undefined) {
    // A key that is not in the request: all of none holds, any of none does not; "not equal" holds, the rest not.
    return (
      ifExists !== undefined ||
      quantifier === 'ForAllValues' ||
      (negated !== undefined && quantifier === undefined)
    );
  }
  const holds = (value: string): boolean =>
    expected.some((each) => compare(value, each)) === (negated === undefined);
  return quantifier === 'ForAllValues' || (negated !== undefined && quantifier === undefined)
    ? actual.every(holds)
    : actual.some(holds);
}

/** Each of the six parts of an ARN is compared for itself: a wildcard does not reach beyond a part's colon. */
function matchesArn(actual: string, expected: string): boolean {
  const parts = (arn: string): string[] =>
    /^([^:]*):([^:]*):([^:]*):([^:]*):([^:]*):(.*)$/s.exec(arn)?.slice(1) ?? [arn];
  const [found, wanted] = [parts(actual), parts(expected)];
  return found.length === wanted.length && wanted.every((part, i) => matchesWildcard(part, found[i] ?? ''));
}
