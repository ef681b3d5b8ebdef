import { ownFinalData } from '../../private/final-training';
import { jsonata, literal } from '../../private/jsonata';
import { LIMITS } from '../../private/limits';
import { ModelApproval } from '../model-registry';
import { containerOf } from './evaluation-requests';
import type { EvaluationStatesProps } from './evaluation-states';
import { finalJob } from './final-model';
import { groupField } from './model-package-group';

/**
 * A version of the model package group. All attempts and redrives of an execution use the same `ClientToken`, so
 * SageMaker returns the existing version instead of creating another one.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateModelPackage.html
 */
export function registrationRequest(props: EvaluationStatesProps): Record<string, unknown> {
  const { definitions, evaluation } = props;
  return {
    ModelPackageGroupName: groupField(props),
    ModelPackageDescription: jsonata(DESCRIPTION),
    ClientToken: jsonata(CLIENT_TOKEN),
    ModelApprovalStatus: jsonata(approvalStatus(props)),
    InferenceSpecification: {
      Containers: [
        { ...containerOf(definitions), ModelDataUrl: jsonata(`${finalJob(props)}.modelArtifacts`) },
      ],
      SupportedContentTypes: ['text/csv'],
      SupportedResponseMIMETypes: ['text/csv'],
    },
    ...(evaluation && {
      ModelMetrics: {
        ModelQuality: {
          Statistics: {
            ContentType: 'application/json',
            S3Uri: jsonata('$states.input.evaluation.statistics'),
          },
        },
      },
    }),
    CustomerMetadataProperties: jsonata(lineage(props)),
  };
}

/**
 * A client token of at most 36 characters. It depends on the name of the tuning job, because an execution can run the
 * chain several times.
 */
const CLIENT_TOKEN = `$substring($hash($string([$states.context.Execution.Id, $states.input.result.tuningJob.name]), 'SHA-256'), 0, 36)`;

/**
 * The description of a version: the tuning job and the decision of the quality gate, in one line. SageMaker rejects
 * descriptions with control or format characters. The gate's reason can contain such characters, because it can quote
 * an error from S3 or the content of a file.
 */
const DESCRIPTION = `$substring($replace('Final model of tuning job ' & $states.input.result.tuningJob.name & ($type($states.input.gate) = 'object' ? '. Quality gate ' & ($states.input.gate.passed ? 'passed' : 'failed') & ': ' & $states.input.gate.reason : ''), /[^!-~\\u00A1-\\u00AC\\u00AE-\\u00FF]+/, ' '), 0, ${LIMITS.modelPackageDescriptionLength})`;

/**
 * JSONata for the approval status of a version. The status is `Rejected` if the version does not pass the quality gate.
 */
export function approvalStatus({ qualityGate, registry }: EvaluationStatesProps): string {
  if (!qualityGate) return "'PendingManualApproval'";
  const passed = registry?.approval === ModelApproval.MANUAL ? 'PendingManualApproval' : 'Approved';
  return `($states.input.gate.passed ? '${passed}' : 'Rejected')`;
}

/**
 * JSONata for metadata about the origin of the model: at most 50 entries, the tuned hyperparameters first. Characters
 * that SageMaker does not accept become spaces. Empty values are left out.
 */
function lineage(props: EvaluationStatesProps): string {
  const job = finalJob(props);
  const data = ['train', 'validation', ...Object.keys(ownFinalData(props)), 'test']
    .map((name) => `${literal(name)}: $states.input.settings.${name}`)
    .join(', ');
  const { customerMetadata, customerMetadataKeyLength, customerMetadataValueLength } = LIMITS;
  return `(
  $text := function($value, $length) { $substring($trim($replace($value, /[^a-zA-Z0-9_.:\\/=+@ -]/, ' ')), 0, $length) };
  $origin := {
    'execution': $states.context.Execution.Id,
    'tuningJob': $states.input.result.tuningJob.name,
    'bestTrainingJob': $states.input.result.bestTrainingJob.name,
    'finalTrainingJob': ${job}.name,
    'definition': $states.input.result.bestTrainingJob.definitionName,
    ${data}
  };
  $hyperparameters := $merge([$states.input.result.bestTrainingJob.tunedHyperparameters, ${job}.hyperparameters]);
  $entries := $append(
    $each($origin, function($value, $name) { {'name': $name, 'value': $value} }),
    $each($hyperparameters, function($value, $name) { {'name': 'hyperparameter:' & $name, 'value': $value} })
  );
  $kept := $filter($entries, function($entry) { $type($entry.value) = 'string' and $text($entry.value, 1) != '' });
  $merge($map($kept[[0..${customerMetadata - 1}]], function($entry) {
    {$text($entry.name, ${customerMetadataKeyLength}): $text($entry.value, ${customerMetadataValueLength})}
  }))
)`;
}
