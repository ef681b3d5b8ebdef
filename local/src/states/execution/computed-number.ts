import { queryError, runtimeError } from '../errors';
import { type Json, jsonText, numberIn } from '../json';
import { unexpectedType } from '../jsonata/expression';
import type { Computed, DataFlow } from '../types';
import { compute, type Scope } from './data-flow';

/** Evaluates a field that must be an integer. */
export async function computeInteger(field: Computed, flow: DataFlow, scope: Scope): Promise<number> {
  const number = await computeNumber(field, flow, scope, 'integer');
  if (number < 0) throw outOfRange(field, `${baseName(field)} cannot be negative.`);
  return number;
}

/** Evaluates a field that must be a percentage. */
export async function computePercentage(field: Computed, flow: DataFlow, scope: Scope): Promise<number> {
  const number = await computeNumber(field, flow, scope, 'float');
  if (number < 0 || number > 100) throw outOfRange(field, `${baseName(field)} must be between 0 and 100.`);
  return number;
}

async function computeNumber(
  field: Computed,
  flow: DataFlow,
  scope: Scope,
  kind: 'integer' | 'float',
): Promise<number> {
  const value = await compute(field, flow, scope);
  const number = field.kind === 'path' ? fromText(value) : numberIn(value);
  if (number !== undefined && (kind === 'float' || Number.isInteger(number))) return number;
  if (field.kind === 'expression') {
    if (number === undefined) throw unexpectedType(field.expression, field.field, 'number', value);
    throw queryError(`The value of the field '${field.field}' is not a valid ${kind}: ${value}`, field.field);
  }
  const text = typeof value === 'string' ? value : jsonText(value);
  const path = field.kind === 'path' ? field.path : field.field;
  throw runtimeError(
    `The ${field.field} field refers to value "${text}" which is not a valid ${kind}: ${path}`,
  );
}

/** JSONPath fields also accept numbers as strings. */
function fromText(value: Json): number | undefined {
  return typeof value === 'string' && /^[+-]?\d+(\.\d+)?$/.test(value.trim())
    ? Number(value)
    : numberIn(value);
}

function baseName(field: Computed): string {
  return field.kind === 'path' ? field.field.replace(/Path$/, '') : field.field;
}

function outOfRange(field: Computed, message: string): Error {
  return field.kind === 'expression' ? queryError(message, field.field) : runtimeError(message);
}
