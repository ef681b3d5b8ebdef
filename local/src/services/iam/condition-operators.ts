import { BlockList, isIP, isIPv6 } from 'node:net';
import { matchesWildcard } from './wildcard';

/** Compares a value of the request with a value of the policy. */
export type Comparison = (actual: string, expected: string) => boolean;

const COMPARISONS: Readonly<Record<string, Comparison>> = {
  StringEquals: (actual, expected) => actual === expected,
  StringEqualsIgnoreCase: (actual, expected) => actual.toLowerCase() === expected.toLowerCase(),
  StringLike: (actual, expected) => matchesWildcard(expected, actual),
  ArnEquals: matchesArn,
  ArnLike: matchesArn,
  BinaryEquals: (actual, expected) => actual === expected,
  Bool: (actual, expected) => actual.toLowerCase() === expected.toLowerCase(),
  IpAddress: isInRange,
  NumericEquals: (actual, expected) => Number(actual) === Number(expected),
  NumericLessThan: (actual, expected) => Number(actual) < Number(expected),
  NumericLessThanEquals: (actual, expected) => Number(actual) <= Number(expected),
  NumericGreaterThan: (actual, expected) => Number(actual) > Number(expected),
  NumericGreaterThanEquals: (actual, expected) => Number(actual) >= Number(expected),
  DateEquals: (actual, expected) => time(actual) === time(expected),
  DateLessThan: (actual, expected) => time(actual) < time(expected),
  DateLessThanEquals: (actual, expected) => time(actual) <= time(expected),
  DateGreaterThan: (actual, expected) => time(actual) > time(expected),
  DateGreaterThanEquals: (actual, expected) => time(actual) >= time(expected),
};

/** Operators that negate another operator. */
const NEGATIONS: Readonly<Record<string, string>> = {
  StringNotEquals: 'StringEquals',
  StringNotEqualsIgnoreCase: 'StringEqualsIgnoreCase',
  StringNotLike: 'StringLike',
  ArnNotEquals: 'ArnEquals',
  ArnNotLike: 'ArnLike',
  NotIpAddress: 'IpAddress',
  NumericNotEquals: 'NumericEquals',
  DateNotEquals: 'DateEquals',
};

/** A parsed condition operator. */
export interface ConditionOperator {
  readonly quantifier: 'ForAnyValue' | 'ForAllValues' | undefined;
  /** How the operator compares values. Undefined for `Null`, which only tests whether a key exists. */
  readonly compare: Comparison | undefined;
  readonly isNegated: boolean;
  readonly ifExists: boolean;
}

/** Parses an operator such as `ForAnyValue:StringLikeIfExists`; undefined if IAM has no such operator. */
export function parseOperator(operator: string): ConditionOperator | undefined {
  const [, quantifier, base = '', ifExists] =
    /^(?:(ForAnyValue|ForAllValues):)?(.*?)(IfExists)?$/.exec(operator) ?? [];
  const negated = Object.hasOwn(NEGATIONS, base) ? NEGATIONS[base] : undefined;
  const name = negated ?? base;
  if (name !== 'Null' && !Object.hasOwn(COMPARISONS, name)) {
    return undefined;
  }
  return {
    quantifier: quantifier as ConditionOperator['quantifier'],
    compare: COMPARISONS[name],
    isNegated: negated !== undefined,
    ifExists: ifExists !== undefined,
  };
}

/** Compares each of the six parts of an ARN separately, so that a wildcard does not match a colon. */
function matchesArn(actual: string, expected: string): boolean {
  const parts = (arn: string): string[] =>
    /^([^:]*):([^:]*):([^:]*):([^:]*):([^:]*):(.*)$/s.exec(arn)?.slice(1) ?? [arn];
  const [found, wanted] = [parts(actual), parts(expected)];
  return found.length === wanted.length && wanted.every((part, i) => matchesWildcard(part, found[i] ?? ''));
}

/** Whether an IPv4 or IPv6 address equals an address or lies in a range such as `203.0.113.0/24`. */
function isInRange(actual: string, expected: string): boolean {
  const [network = '', bits] = expected.split('/');
  if (isIP(actual) === 0 || isIP(network) === 0) {
    return false;
  }
  const family = (address: string) => (isIPv6(address) ? 'ipv6' : 'ipv4');
  const longest = isIPv6(network) ? 128 : 32;
  const length = Number(bits ?? longest);
  if (!Number.isInteger(length) || length < 0 || length > longest) {
    return false;
  }
  const range = new BlockList();
  range.addSubnet(network, length, family(network));
  return range.check(actual, family(actual));
}

/** Milliseconds since the epoch. Policies contain dates in ISO 8601 or in epoch seconds. */
function time(date: string): number {
  return /^\d+$/.test(date) ? Number(date) * 1000 : Date.parse(date);
}
