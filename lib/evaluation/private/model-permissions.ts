import * as iam from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { acknowledgeWildcards, resourcesOf } from '../../private/acknowledge';
import {
  grantKeys,
  imageStatements,
  logStatements,
  networkStatement,
  storageStatements,
} from '../../private/training-permissions';
import { warnIfNotAttached } from '../../private/training-role';
import type { TuningInput } from '../../private/tuning-definitions';
import type { TuningRequestProps } from '../../private/tuning-requests';
import { evaluationLocation, finalModels } from './final-model';

/** Grants a role the permissions that the transform job of the final model needs: it has no role of its own. */
export function grantTransform(
  scope: Construct,
  role: iam.IRole,
  props: TuningInput & Pick<TuningRequestProps, 'definitions' | 'jobNamePrefix'>,
): void {
  const { test, allowedInputLocations = [], encryptionKey, jobNamePrefix } = props;
  const inputs = [...(test?.location ? [test.location] : []), ...allowedInputLocations];
  const models = finalModels(props);
  const output = evaluationLocation(props);
  const statements = [
    ...storageStatements([...inputs, models], [output]),
    ...imageStatements([...new Set(props.definitions.map(({ serving }) => serving.image.repositoryArn))]),
    ...logStatements(scope, jobNamePrefix, '/aws/sagemaker/TransformJobs'),
    ...(props.vpc ? [networkStatement()] : []),
  ];
  const policy = new iam.Policy(scope, 'EvaluationPolicy', { statements });
  role.attachInlinePolicy(policy);
  warnIfNotAttached(policy, role, 'evaluation.role');
  acknowledgeWildcards(
    policy,
    resourcesOf(statements),
    'Objects below the given prefixes, logs of jobs below the job name prefix, and actions that have no resource-level permissions (ecr:GetAuthorizationToken, cloudwatch:PutMetricData within its namespaces, ec2 for a VPC)',
  );
  grantKeys(role, { inputs, output, encryptionKey });
}
