import { EvaluationError } from '../errors';
import { isArray, isObject, type Json, jsonText } from '../json';
import { parsePath, referenceSteps } from './parse-path';

/** A copy of the data in which a value is set at a reference path. Missing objects on this path are created. */
export function setAtPath(data: Json, pathText: string, value: Json): Json {
  const steps = referenceSteps(parsePath(pathText)) ?? [];
  const put = (target: Json | undefined, depth: number): Json => {
    const step = steps[depth];
    if (step === undefined) return value;
    if (typeof step === 'string' && (target === undefined || isObject(target))) {
      return { ...target, [step]: put(target?.[step], depth + 1) };
    }
    if (typeof step === 'number' && isArray(target) && step >= 0 && step < target.length) {
      return target.map((item, i) => (i === step ? put(item, depth + 1) : item));
    }
    throw referencePathConflict(pathText, step, data);
  };
  return put(data, 0);
}

/**
 * The error for a reference path that does not match the structure of its data. The specification calls it
 * States.ResultPathMatchFailure.
 */
export function referencePathConflict(pathText: string, step: string | number, data: Json): EvaluationError {
  const subject =
    typeof data === 'object' && data !== null ? `step ${JSON.stringify(step)}` : `ReferencePath ${pathText}`;
  return new EvaluationError(
    'States.ReferencePathConflict',
    `Unable to apply ${subject} to input ${jsonText(data)}`,
  );
}
