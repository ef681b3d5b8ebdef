import type { Problem, ProblemCode } from '../errors';
import { isArray, isObject, type Json, type JsonObject, numberIn } from '../json';

/** An inclusive range of numbers. */
export interface Bounds {
  readonly min: number;
  readonly max: number;
}

/**
 * Reads the fields of an object in a definition and reports problems. Fields that no reader requested are
 * unsupported: {@link finish} refuses them.
 */
export class Fields {
  private readonly asked = new Set<string>();

  constructor(
    private readonly source: JsonObject,
    /** Location of the object, such as `/States/Train`. */
    readonly location: string,
    private readonly problems: Problem[],
  ) {}

  has(name: string): boolean {
    return this.source[name] !== undefined;
  }

  /** Names of fields that exist but have not been read. */
  get rest(): string[] {
    return Object.keys(this.source).filter((name) => !this.asked.has(name));
  }

  take(name: string): Json | undefined {
    this.asked.add(name);
    return this.source[name];
  }

  string(name: string): string | undefined {
    return this.typed(name, 'a string', (value) => typeof value === 'string') as string | undefined;
  }

  requiredString(name: string): string {
    return this.string(name) ?? this.missing(name) ?? '';
  }

  boolean(name: string): boolean | undefined {
    return this.typed(name, 'a boolean', (value) => typeof value === 'boolean') as boolean | undefined;
  }

  integer(name: string, { min, max }: Bounds): number | undefined {
    const fits = (value: Json) => isWithin(value, { min, max }) && Number.isInteger(Number(value));
    return numberIn(this.typed(name, `a whole number between ${min} and ${max}`, fits));
  }

  number(name: string, { min, max }: Bounds): number | undefined {
    const fits = (value: Json) => isWithin(value, { min, max });
    return numberIn(this.typed(name, `a number between ${min} and ${max}`, fits));
  }

  oneOf<T extends string>(name: string, values: readonly T[]): T | undefined {
    return this.typed(name, `one of ${values.join(', ')}`, (v) => values.includes(v as T)) as T | undefined;
  }

  object(name: string): JsonObject | undefined {
    return this.typed(name, 'an object', isObject) as JsonObject | undefined;
  }

  /** Reads a nested object. */
  nested(name: string): Fields | undefined {
    const value = this.object(name);
    return value && new Fields(value, `${this.location}/${name}`, this.problems);
  }

  /** Reads a nonempty array of objects. */
  list(name: string): Fields[] {
    const value = this.typed(name, 'a nonempty array of objects', (v) => {
      return isArray(v) && v.length > 0 && v.every(isObject);
    });
    return ((value ?? []) as JsonObject[]).map(
      (item, i) => new Fields(item, `${this.location}/${name}[${i}]`, this.problems),
    );
  }

  strings(name: string): string[] | undefined {
    const fits = (value: Json) =>
      isArray(value) && value.length > 0 && value.every((v) => typeof v === 'string');
    return this.typed(name, 'a nonempty array of strings', fits) as string[] | undefined;
  }

  /** Refuses all fields that have not been read. */
  finish(reason = 'is not supported by Step Functions'): void {
    for (const name of this.rest) this.problem(`The field '${name}' ${reason}`, name);
  }

  missing(name: string): undefined {
    this.problem(`The field '${name}' is required but was missing`);
  }

  problem(message: string, field?: string, code: ProblemCode = 'SCHEMA_VALIDATION_FAILED'): void {
    this.problems.push({ code, message, location: field ? `${this.location}/${field}` : this.location });
  }

  private typed(name: string, expected: string, fits: (value: Json) => boolean): Json | undefined {
    const value = this.take(name);
    if (value === undefined || fits(value)) return value;
    this.problem(`The field '${name}' must be ${expected}`, name);
    return undefined;
  }
}

function isWithin(value: Json, { min, max }: Bounds): boolean {
  const number = numberIn(value);
  return number !== undefined && number >= min && number <= max;
}
