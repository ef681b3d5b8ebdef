import { inspect } from 'node:util';
import { Token } from 'aws-cdk-lib';
import { inAppLanguage } from './app-language';

/**
 * Collects the problems with a construct's properties, so that one error reports all of them.
 *
 * Each problem names the property, the given value, the allowed values and, if it is not obvious, the reason.
 */
export class Problems {
  private readonly messages: string[] = [];

  add(prop: string, message: string): void {
    this.messages.push(`${prop}: ${message}`);
  }

  addAll(messages: readonly string[]): void {
    this.messages.push(...messages);
  }

  /** Reports a value of the wrong type. If the value is undefined, reports that the property is required. */
  wrongType(prop: string, what: string, value: unknown): void {
    const isUnquoted = typeof value === 'number' && what === 'a string';
    const hint = isUnquoted ? `: write it as a string, "${value}"` : '';
    this.add(
      prop,
      value === undefined ? `is required: give ${what}` : `must be ${what}, got ${describe(value)}${hint}`,
    );
  }

  /** Reports a token that is not in the unit of the API, because CloudFormation cannot convert units. */
  unitOfToken(prop: string, factory: string): void {
    this.add(prop, `is a token and must be ${factory}(…), because CloudFormation does not convert units`);
  }

  /** Checks a whole number. Accepts undefined and tokens. */
  integer(prop: string, value: number | undefined, min: number, max: number, why = ''): void {
    if (value === undefined || Token.isUnresolved(value)) return;
    if (Number.isInteger(value) && value >= min && value <= max) return;
    const range = max === Number.POSITIVE_INFINITY ? `of at least ${min}` : `from ${min} to ${max}`;
    this.add(prop, `must be a whole number ${range}, got ${value}${why && ` (${why})`}`);
  }

  /** Checks the length of a string. Accepts undefined and tokens. */
  length(prop: string, value: string | undefined, min: number, max: number): void {
    if (value === undefined || Token.isUnresolved(value)) return;
    if (value.length >= min && value.length <= max) return;
    this.add(
      prop,
      `must have ${min} to ${max} characters, got ${value.length}: ${JSON.stringify(shorten(value))}`,
    );
  }

  /** Reports a list that is itself a token, because no request can be built from it. Its elements can be tokens. */
  tokenList(prop: string, values: readonly unknown[]): boolean {
    const isToken = Token.isUnresolved(values);
    if (isToken) this.add(prop, 'must be a list that is known at synth; its elements may be tokens');
    return isToken;
  }

  /** Checks the number of elements. Accepts undefined. */
  count(prop: string, values: readonly unknown[] | undefined, min: number, max: number): void {
    if (values === undefined) return;
    if (values.length >= min && values.length <= max) return;
    const range = max === Number.POSITIVE_INFINITY ? `at least ${min}` : `${min} to ${max}`;
    this.add(prop, `must have ${range} elements, got ${values.length}`);
  }

  /** The problems found so far. */
  list(): string[] {
    return [...this.messages];
  }

  /**
   * @throws Error named `TuningValidationError` that lists every problem, if there are any
   */
  throwIfAny(path: string): void {
    if (this.messages.length === 0) return;
    const count = this.messages.length === 1 ? '1 problem' : `${this.messages.length} problems`;
    throw validationError(
      `${path}: ${count} found:\n${this.messages.map((message) => `  - ${message}`).join('\n')}`,
    );
  }
}

/** Formats a value for a message. */
function describe(value: unknown): string {
  if (Token.isUnresolved(value)) return 'a token';
  return shorten(
    typeof value === 'string' ? JSON.stringify(value) : inspect(value, { depth: 0, breakLength: Infinity }),
  );
}

function shorten(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

/** The error for invalid properties. Its name is stable. */
export function validationError(message: string): Error {
  const error = new Error(inAppLanguage(message));
  error.name = 'TuningValidationError';
  return error;
}
