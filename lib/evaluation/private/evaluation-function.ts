import { Duration } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { allowFunction, bundledFunction } from '../../private/bundled-function';
import { grantOutputKey } from '../../private/output-key';
import { listStatement, readStatements, writeStatement } from '../../private/training-permissions';
import type { TuningInput } from '../../private/tuning-definitions';
import { evaluationLocation } from './final-model';
import { conditionsIn } from './gate-condition';
import { modelPackageArns } from './model-package-group';

/** Creates the function that computes the metrics of predictions and checks the quality gate. */
export function evaluateModelFunction(
  scope: Construct,
  id: string,
  tuning: TuningInput,
  modelPackageGroupName: string | undefined,
): lambda.Function {
  const { output, encryptionKey } = tuning;
  const made = bundledFunction(scope, id, {
    name: 'evaluate-model',
    description: 'Evaluates the final model of a SageMaker tuning job',
    roleDescription: 'Reads predictions of SageMaker transform jobs and writes their metrics',
    memorySize: 1024,
    timeout: Duration.minutes(15),
    encryptionKey,
  });
  grantOutputKey(made, output, encryptionKey);
  const location = evaluationLocation(tuning);
  return allowFunction(
    made,
    [
      ...readStatements([location]),
      listStatement(location),
      writeStatement([location]),
      ...registryStatements(scope, tuning, modelPackageGroupName),
    ],
    'Objects below the location of the evaluations; versions of the model package group; ListModelPackages has no resource-level permissions',
  );
}

/**
 * Permissions to find the approved version that the model is compared with.
 *
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsagemaker.html (ListModelPackages)
 */
function registryStatements(
  scope: Construct,
  { qualityGate, _isFleetItem }: TuningInput,
  groupName: string | undefined,
): iam.PolicyStatement[] {
  const conditions = qualityGate ? conditionsIn(qualityGate._condition) : [];
  if (groupName === undefined || !conditions.some(({ type }) => type === 'NoWorseThanApproved')) return [];
  return [
    new iam.PolicyStatement({ actions: ['sagemaker:ListModelPackages'], resources: ['*'] }),
    new iam.PolicyStatement({
      actions: ['sagemaker:DescribeModelPackage'],
      resources: modelPackageArns(scope, { modelPackageGroupName: groupName, _isFleetItem }),
    }),
  ];
}
