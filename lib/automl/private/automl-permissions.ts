import { Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import type { DataLocation } from '../../data-location';
import { acknowledgeWildcards, resourcesOf } from '../../private/acknowledge';
import { passRole } from '../../private/job-policies';
import {
  grantKeys,
  metricsStatement,
  networkStatement,
  storageStatements,
  warnOfWholeBucket,
} from '../../private/training-permissions';
import { jobRole, warnIfNotAttached } from '../../private/training-role';

/** The resources to which an AutoML job, and the jobs that it starts, need access. */
export interface AutoMlAccess {
  readonly inputs: readonly DataLocation[];
  readonly output: DataLocation;
  readonly encryptionKey?: kms.IKey;
  readonly inVpc: boolean;
}

/** Creates the execution role of AutoML jobs, without permissions. */
export function autoMlRole(scope: Construct, id: string): iam.Role {
  return jobRole(scope, id, 'SageMaker AutoML jobs: reads the training data, writes the models');
}

/**
 * Grants a role the minimum permissions that SageMaker documents for AutoML jobs, limited to specific resources if their names
 * are known. SageMaker chooses the names and images of the training, processing and transform jobs that it starts.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/sagemaker-roles.html#sagemaker-roles-autopilot-perms
 */
export function grantAutoMl(scope: Construct, role: iam.IRole, access: AutoMlAccess): iam.Policy {
  const statements = [
    // Later steps of the AutoML job read the output of earlier steps.
    ...storageStatements([...access.inputs, access.output], [access.output]),
    ...explanationStatements(scope),
    ...imageStatements(),
    ...logStatements(scope),
    ...(access.inVpc ? [networkStatement()] : []),
  ];
  const policy = new iam.Policy(scope, 'AutoMlPolicy', { statements: [passRole(role), ...statements] });
  // Unlike `policy.attachToRole`, this call leaves an immutable imported role unchanged.
  role.attachInlinePolicy(policy);
  warnIfNotAttached(policy, role);
  warnOfWholeBucket(scope, access.output);
  acknowledgeWildcards(
    policy,
    resourcesOf(statements),
    'Objects below the given prefixes; models, endpoints and logs of AutoML jobs, whose names SageMaker chooses; images in AWS accounts whose IDs are not published; and actions that have no resource-level permissions (ecr:GetAuthorizationToken, cloudwatch:PutMetricData within its namespaces, ec2 for a VPC)',
  );
  grantKeys(role, access);
  return policy;
}

/** To explain the best candidate, SageMaker temporarily creates a model and an endpoint, and invokes the endpoint. */
function explanationStatements(scope: Construct): iam.PolicyStatement[] {
  const any = (resource: string) =>
    Stack.of(scope).formatArn({ service: 'sagemaker', resource, resourceName: '*' });
  return [
    new iam.PolicyStatement({
      actions: [
        'sagemaker:CreateEndpoint',
        'sagemaker:CreateEndpointConfig',
        'sagemaker:CreateModel',
        'sagemaker:DeleteEndpoint',
        'sagemaker:DeleteEndpointConfig',
        'sagemaker:DeleteModel',
        'sagemaker:DescribeEndpoint',
        'sagemaker:DescribeEndpointConfig',
        'sagemaker:DescribeModel',
        'sagemaker:InvokeEndpoint',
        'sagemaker:ListTags',
      ],
      resources: [any('endpoint'), any('endpoint-config'), any('model')],
    }),
  ];
}

function imageStatements(): iam.PolicyStatement[] {
  return [
    new iam.PolicyStatement({
      actions: [
        'ecr:BatchCheckLayerAvailability',
        'ecr:BatchGetImage',
        'ecr:GetAuthorizationToken',
        'ecr:GetDownloadUrlForLayer',
      ],
      resources: ['*'],
    }),
  ];
}

function logStatements(scope: Construct): iam.PolicyStatement[] {
  const arn = (name: string) => Stack.of(scope).formatArn({ service: 'logs', resource: `log-group:${name}` });
  return [
    new iam.PolicyStatement({
      actions: [
        'logs:CreateLogGroup',
        'logs:CreateLogStream',
        'logs:DescribeLogStreams',
        'logs:PutLogEvents',
      ],
      resources: [arn('/aws/sagemaker/*')],
    }),
    metricsStatement(),
  ];
}
