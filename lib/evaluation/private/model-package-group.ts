import { ArnFormat, RemovalPolicy, Stack, Token } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { CfnModelPackageGroup } from 'aws-cdk-lib/aws-sagemaker';
import type { Construct } from 'constructs';
import { resourcesOf } from '../../private/acknowledge';
import { type FleetItemOptions, ITEM } from '../../private/fleet-item';
import { jsonata, literal } from '../../private/jsonata';
import { LIMITS } from '../../private/limits';
import { outputKey } from '../../private/output-key';
import { renderTags } from '../../private/render-tuning-job';
import { readStatements } from '../../private/training-permissions';
import { uniquePrefix } from '../../private/unique-names';
import type { ModelRegistry } from '../model-registry';
import type { EvaluationStatesProps } from './evaluation-states';
import { evaluationLocation, finalModels, servingRepositories } from './final-model';

/** Maximum length of the prefix that the names of a fleet's groups share. */
export const GROUP_PREFIX_LENGTH = 32;
/**
 * Maximum number of characters before the hash in the name of an item's group. These characters are the beginning of
 * the item's folder name.
 */
const LABEL_LENGTH = 13;
/** Number of characters at the end of an item's folder name: a hyphen, the hash and a slash. */
const REST_LENGTH = 18;

/**
 * The model package group of a chain. In a fleet, each item has its own group, and `modelPackageGroupName` is
 * the prefix of the groups' names.
 */
export interface GroupOptions extends FleetItemOptions {
  readonly modelPackageGroupName?: string;
}

/**
 * The name of the model package group. Creates the group if it is new. In a fleet, the executions create the groups,
 * and this function returns the prefix of the groups' names.
 */
export function modelPackageGroup(
  scope: Construct,
  { _group: group }: ModelRegistry,
  { _isFleetItem }: FleetItemOptions,
): string {
  if (!group.isNew) return group.name as string;
  if (_isFleetItem) return group.name ?? uniquePrefix(scope, GROUP_PREFIX_LENGTH);
  const modelPackageGroupName = group.name ?? uniquePrefix(scope);
  new CfnModelPackageGroup(scope, 'ModelPackageGroup', {
    modelPackageGroupName,
    modelPackageGroupDescription: descriptionOf(scope, group),
  }).applyRemovalPolicy(RemovalPolicy.RETAIN);
  return modelPackageGroupName;
}

function descriptionOf(scope: Construct, { description }: ModelRegistry['_group']): string {
  return description ?? `Final models of ${scope.node.path}`;
}

/** JSONata for the name of the model package group. The hash keeps the groups of different items apart. */
export function groupName({ modelPackageGroupName: name = '', _isFleetItem }: GroupOptions): string {
  if (!_isFleetItem) return literal(name);
  const labelLength = `$length(${ITEM.folder}) - ${REST_LENGTH}`;
  const label = `$substring(${ITEM.folder}, 0, $min([${LABEL_LENGTH}, ${labelLength}]))`;
  const hash = `$substring(${ITEM.folder}, ${labelLength}, ${REST_LENGTH - 1})`;
  return `${literal(`${name}-`)} & ${label} & ${hash}`;
}

/** The request field with the name of the model package group: a plain name, or a JSONata string in a fleet. */
export function groupField(options: GroupOptions): string | undefined {
  return options._isFleetItem ? jsonata(groupName(options)) : options.modelPackageGroupName;
}

/** The request that creates the model package group of an item. */
export function groupRequest(scope: Construct, props: EvaluationStatesProps): Record<string, unknown> {
  const description = literal(`${descriptionOf(scope, (props.registry as ModelRegistry)._group)}. Item: `);
  return {
    ModelPackageGroupName: groupField(props),
    ModelPackageGroupDescription: jsonata(
      `$substring(${description} & ${ITEM.tag}, 0, ${LIMITS.modelPackageDescriptionLength})`,
    ),
    Tags: renderTags(props.jobTags.with()),
  };
}

/**
 * ARNs of the versions of a model package group. If a group was created before 2023, its name is in lowercase in the
 * ARNs.
 */
export function modelPackageArns(scope: Construct, options: GroupOptions): string[] {
  return namesInArns(options).map((name) => arnOf(scope, 'model-package', `${name}/*`));
}

/** ARNs of the model package group or, in a fleet, of the groups of all items. */
export function groupArns(scope: Construct, options: GroupOptions): string[] {
  return namesInArns(options).map((name) => arnOf(scope, 'model-package-group', name));
}

/**
 * Permissions to register a version. SageMaker also checks the image and the model of the version, with the permissions
 * of the caller. AWS's managed policy for the registry allows the actions of these checks, but the documentation does
 * not say when SageMaker needs the actions.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/security-iam-awsmanpol-model-registry.html
 */
export function registrationStatements(
  scope: Construct,
  props: EvaluationStatesProps,
): { readonly resources: string[]; readonly others: iam.PolicyStatement[] } {
  const { definitions, output, encryptionKey } = props;
  const key = outputKey(output, encryptionKey);
  return {
    resources: [...modelPackageArns(scope, props), ...groupArns(scope, props)],
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

/** The resources in the permissions to register a version, for cdk-nag. */
export function registeredResources(scope: Construct, props: EvaluationStatesProps): string[] {
  const { resources, others } = registrationStatements(scope, props);
  return [...resources, ...resourcesOf(others)];
}

function namesInArns({ modelPackageGroupName: name = '', _isFleetItem }: GroupOptions): string[] {
  if (_isFleetItem) return [`${name}-*`];
  return Token.isUnresolved(name) ? [name] : [...new Set([name, name.toLowerCase()])];
}

function arnOf(scope: Construct, resource: string, resourceName: string): string {
  const arnFormat = ArnFormat.SLASH_RESOURCE_NAME;
  return Stack.of(scope).formatArn({ service: 'sagemaker', resource, resourceName, arnFormat });
}
