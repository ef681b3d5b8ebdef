import { ArnFormat, RemovalPolicy, Stack, Token } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { CfnModelPackageGroup } from 'aws-cdk-lib/aws-sagemaker';
import type { Construct } from 'constructs';
import { resourcesOf } from '../../private/acknowledge';
import { outputKey } from '../../private/output-key';
import { readStatements } from '../../private/training-permissions';
import { uniquePrefix } from '../../private/unique-names';
import type { ModelRegistry } from '../model-registry';
import type { EvaluationStatesProps } from './evaluation-states';
import { evaluationLocation, finalModels, servingRepositories } from './final-model';

/** The name of the model package group. Creates the group if it is new. */
export function modelPackageGroup(scope: Construct, { _group: group }: ModelRegistry): string {
  if (!group.isNew) return group.name as string;
  const modelPackageGroupName = group.name ?? uniquePrefix(scope);
  new CfnModelPackageGroup(scope, 'ModelPackageGroup', {
    modelPackageGroupName,
    modelPackageGroupDescription: group.description ?? `Final models of ${scope.node.path}`,
  }).applyRemovalPolicy(RemovalPolicy.RETAIN);
  return modelPackageGroupName;
}

/** ARNs of the versions of a group. SageMaker writes names in lowercase in ARNs of groups that are older than 2023. */
export function modelPackageArns(scope: Construct, groupName: string): string[] {
  return namesInArns(groupName).map((name) => arnOf(scope, 'model-package', `${name}/*`));
}

/**
 * Permissions to register a version. SageMaker also checks the image and the model of a version with the permissions of
 * the caller. AWS's managed policy for the registry has the actions for these checks, but the documentation does not
 * say when they are needed.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/security-iam-awsmanpol-model-registry.html
 */
export function registrationStatements(
  scope: Construct,
  props: EvaluationStatesProps,
): { readonly resources: string[]; readonly others: iam.PolicyStatement[] } {
  const { definitions, output, encryptionKey, modelPackageGroupName: name = '' } = props;
  const groups = namesInArns(name).map((each) => arnOf(scope, 'model-package-group', each));
  const key = outputKey(output, encryptionKey);
  return {
    resources: [...modelPackageArns(scope, name), ...groups],
    others: [
      ...readStatements([finalModels(props), ...(props.evaluation ? [evaluationLocation(props)] : [])]),
      new iam.PolicyStatement({
        actions: ['ecr:BatchGetImage', 'ecr:DescribeImages'],
        resources: servingRepositories(definitions),
      }),
      ...(key ? [new iam.PolicyStatement({ actions: ['kms:Decrypt'], resources: [key.keyArn] })] : []),
    ],
  };
}

/** The resources of these permissions, for cdk-nag. */
export function registeredResources(scope: Construct, props: EvaluationStatesProps): string[] {
  const { resources, others } = registrationStatements(scope, props);
  return [...resources, ...resourcesOf(others)];
}

function namesInArns(name: string): string[] {
  return Token.isUnresolved(name) ? [name] : [...new Set([name, name.toLowerCase()])];
}

function arnOf(scope: Construct, resource: string, resourceName: string): string {
  const arnFormat = ArnFormat.SLASH_RESOURCE_NAME;
  return Stack.of(scope).formatArn({ service: 'sagemaker', resource, resourceName, arnFormat });
}
