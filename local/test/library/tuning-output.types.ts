import type { FindBestTrainingJobResult } from '../../../lambda/find-best-training-job/types';
import type { ReportResult } from '../../../lambda/report/write-report';
import type { Evaluation, GateResult, ModelPackage } from '../../../lambda/shared/evaluation';
import type { EvaluationOutput, QualityGateOutput, TuningOutput } from '../../src';

// Local mode may not import the functions, so `TuningOutput` repeats the types of their results. `npm run typecheck` fails
// here if they differ.

/** Expands a type and its nested types into plain members, so that two types can be compared. */
type Plain<T> = T extends object ? { [Name in keyof T]: Plain<T[Name]> } : T;

/** `true` only if both types are the same, including which members are optional. */
type Same<One, Other> =
  (<T>() => T extends Plain<One> ? 1 : 2) extends <T>() => T extends Plain<Other> ? 1 : 2 ? true : false;

/** The member names of all given result types. */
type Members<Result> = Result extends object ? keyof Result : never;

const found: Same<Pick<TuningOutput, keyof FindBestTrainingJobResult>, FindBestTrainingJobResult> = true;
const evaluation: Same<Omit<EvaluationOutput, 'transformJob' | 'model'>, Evaluation> = true;
const gate: Same<QualityGateOutput, GateResult> = true;
// The function writes one of three approval statuses, but the type of its result is string.
type Version = NonNullable<TuningOutput['modelPackage']>;
const version: Same<Omit<Version, 'approvalStatus'>, Omit<ModelPackage, 'approvalStatus'>> = true;
// The workflow removes `notices` from the result of the report function.
const report: Same<
  Exclude<Members<ReportResult>, 'notices'>,
  keyof Pick<TuningOutput, 'report' | 'reportError' | 'instanceSeconds'>
> = true;

export const SAME_TYPES = { found, evaluation, gate, version, report };
