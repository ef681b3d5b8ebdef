import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import { jsonata } from '../../private/jsonata';
import type { TuningOptions } from '../../tuning-options';
import { finalModelSentence } from './final-model';

/** Fields of the output that the evaluation and the registration add. */
export const EVALUATED_FIELDS: readonly string[] = ['evaluation', 'gate', 'modelPackage'];

/**
 * JSONata for the fields that the evaluation and the registration added to the state's input. Fields that are null are
 * left out, such as `gate` without a quality gate.
 */
export const EVALUATED = `$sift($states.input, function($value, $name) { $name in [${EVALUATED_FIELDS.map((name) => `'${name}'`).join(', ')}] and $value != null })`;

/** JSONata for a sentence that names the rejected version of the model package group. */
const REJECTED =
  "($exists($states.input.modelPackage) ? '. Version ' & $states.input.modelPackage.version & ' of ' & $states.input.modelPackage.group & ' is rejected' : '')";

/**
 * Fails the execution if the final model did not pass the quality gate.
 *
 * @param report JSONata for a sentence with the location of the report
 */
export function qualityGateFailed(scope: Construct, options: TuningOptions, report: string): sfn.Fail {
  return sfn.Fail.jsonata(scope, 'QualityGateFailed', {
    error: 'QualityGateFailed',
    cause: jsonata(
      `'The final model does not pass the quality gate: ' & $states.input.gate.reason & ${finalModelSentence(options)} & ${REJECTED} & ${report}`,
    ),
  });
}
