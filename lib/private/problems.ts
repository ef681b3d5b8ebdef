import { inspect } from 'node:util';
import { Token } from 'aws-cdk-lib';
import { inAppLanguage } from './app-language';

/**
 * Collects what is wrong with a construct's props, so that all of it is reported at once.
 *
 * Each problem names the prop, what was given, what is allowed and, where that is not plain, why.
 */
export class Problems {
  private readonly messages: string[] = [];

  add(prop: string, message: string): void {
    this.messages.push(`${prop}: ${message}`);
  }

  addAll(messages: readonly string[]): void {
    this.messages.push(...messages);
  }

  /** Reports a value of another type than the prop takes; undefined is a required prop that is missing. */
  wrongType(prop: string, what: string, value: unknown): void {
    const isUnquoted = typeof value === 'number' && what === 'a string';
    const hint = isUnquoted ? `: write it as a string, "${value}"` : '';
    this.add(
      prop,
      value === undefined ? `is required: give ${what}` : `must be ${what}, got ${describe(value)}${hint}`,
    );
  }

  /** Reports a token in a unit that the API does not take: CloudFormation cannot convert it. */
  unitOfToken(prop: string, factory: string): void {
    this.add(prop, `is a token and must be ${factory}(…), because CloudFormation does not convert units`);
  }

  /** Checks a whole number; undefined and tokens pass. */
  integer(prop: string, value: number | undefined, min: number, max: number, why = ''): void {
    if (value === undefined || Token.isUnresolved(value)) return;
    if (Number.isInteger(value) && value >= min && value <= max) return;
    const range = max === Number.POSITIVE_INFINITY ? `of at least ${min}` : `from ${min} to ${max}`;
    this.add(prop, `must be a whole number ${range}, got ${value}${why && ` (${why})`}`);
  }

  /** Checks the length of a text; undefined and tokens pass. */
  length(prop: string, value: string | undefined, min: number, max: number): void {
    if (value === undefined || Token.isUnresolved(value)) return;
    if (value.length >= min && value.length <= max) return;
    this.add(
      prop,
      `must have ${min} to ${max} characters, got ${value.length}: ${JSON.stringify(shorten(value))}`,
    );
  }

  /** Refuses a list that is a token as a whole, of which a request cannot be made; its elements may be tokens. */
  tokenList(prop: string, values: readonly unknown[]): boolean {
    const isToken = Token.isUnresolved(values);
    if (isToken) this.add(prop, 'must be a list that is known at synth; its elements may be tokens');
    return isToken;
  }

  /** Checks the number of elements; undefined passes. */
  count(prop: string, values: readonly unknown[] | undefined, min: number, max: number): void {
    if (values === undefined) return;
    if (values.length >= min && values.length <= max) return;
    const range = max === Number.POSITIVE_INFINITY ? `at least ${min}` : `${min} to ${max}`;
    this.add(prop, `must have ${range} elements, got ${values.length}`);
  }

  /** What was found so far. */
  list(): string[] {
    return [...this.messages];
  }

  /**
   * @throws Error named `TuningValidationError` that lists every problem, if there is any
   */
  throwIfAny(path: string): void {
    if (this.messages.length === 0) return;
    const count = this.messages.length === 1 ? '1 problem' : `${this.messages.length} problems`;
    throw validationError(
      `${path}: ${count} found:\n${this.messages.map((message) => `  - ${message}`).join('\n')}`,
    );
  }
}

/** A value as messages show it. */
function describe(value: unknown): string {
  if (Token.isUnresolved(value)) return 'a token';
  return shorten(
    typeof value === 'string' ? JSON.stringify(value) : inspect(value, { depth: 0, breakLength: Infinity }),
  );
}

function shorten(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

/** The error of props that are not valid; its name is stable. */
export function validationError(message: string): Error {
  const error = new Error(inAppLanguage(message));
  error.name = 'TuningValidationError';
  return error;
}
