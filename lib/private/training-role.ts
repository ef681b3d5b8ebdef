import { Stack, Token } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { validationError } from './problems';
import { warn } from './warn';

const SAGEMAKER = 'sagemaker.amazonaws.com';

/** Creates the execution role of SageMaker jobs, without permissions. */
export function jobRole(scope: Construct, id: string, description: string): iam.Role {
  return new iam.Role(scope, id, {
    description,
    assumedBy: new iam.ServicePrincipal(SAGEMAKER, {
      conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(scope).account } },
    }),
  });
}

/**
 * Checks that SageMaker can assume a given role. The trust policy is checked during synth, because an app can still add
 * statements to it after it has created the construct.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/sagemaker-roles.html
 * @throws Error named `TuningValidationError` if the role is in another account
 */
export function checkBroughtRole(scope: Construct, role: iam.IRole | undefined, prop = 'trainingRole'): void {
  if (!role) return;
  const { account } = Stack.of(scope);
  const { principalAccount } = role;
  if (
    principalAccount !== undefined &&
    !Token.isUnresolved(principalAccount) &&
    !Token.isUnresolved(account) &&
    principalAccount !== account
  ) {
    throw validationError(
      `${scope.node.path}: 1 problem found:\n  - ${prop}: must be a role of account ${account}, where the jobs run, got a role of account ${principalAccount}: a role cannot be passed to SageMaker across accounts`,
    );
  }
  const { assumeRolePolicy } = role as Partial<iam.Role>;
  if (!assumeRolePolicy) return;
  scope.node.addValidation({
    validate: () =>
      trustsSageMaker(Stack.of(role).resolve(assumeRolePolicy.toJSON()))
        ? []
        : [
            `${prop}: ${role.node.path} must trust ${SAGEMAKER}, or SageMaker cannot run jobs under it and the first job fails: create the role for the ServicePrincipal "${SAGEMAKER}", or for a CompositePrincipal that contains it`,
          ],
  });
}

/** Warns if a policy could not be attached to a role, because the app cannot change an imported role. */
export function warnIfNotAttached(policy: iam.Policy, role: iam.IRole, prop = 'trainingRole'): void {
  const stack = Stack.of(policy);
  const { roles } = policy.node.defaultChild as iam.CfnPolicy;
  if (stack.resolve(roles) !== undefined) return;
  const { Statement } = stack.resolve(policy.document.toJSON());
  const actions = Statement.flatMap(({ Action }: { Action: string | string[] }) => Action);
  warn(
    policy,
    'roleNotChanged',
    `${prop}: this app cannot change the permissions of ${Token.isUnresolved(role.roleArn) ? role.node.path : role.roleArn}. Jobs fail with AccessDenied unless the role already allows ${[...new Set(actions)].join(', ')} on the data, the output, the image and the logs`,
  );
}

type TrustStatement = Readonly<Record<string, unknown>>;

/** Whether a trust policy allows SageMaker to assume the role, as far as this is known at synth. */
function trustsSageMaker({ Statement }: { Statement: TrustStatement[] }): boolean {
  const applying = Statement.filter((statement) => namesSageMaker(statement) && isAboutAssumeRole(statement));
  const isDenied = applying.some(({ Effect, Condition }) => Effect === 'Deny' && Condition === undefined);
  return !isDenied && applying.some(({ Effect }) => Effect === 'Allow');
}

function namesSageMaker({ Principal }: TrustStatement): boolean {
  if (typeof Principal === 'string') return Principal === '*';
  // Principal is undefined if the statement has NotPrincipal, which is not allowed in a trust policy.
  const { Service } = (Principal ?? {}) as { Service?: unknown };
  // The value of a token is unknown before the deployment. The code assumes that the token is SageMaker.
  return [Service ?? []].flat().some((name) => typeof name !== 'string' || ['*', SAGEMAKER].includes(name));
}

function isAboutAssumeRole({ Action }: TrustStatement): boolean {
  const actions = [Action ?? []].flat();
  return actions.some(
    (action) => typeof action !== 'string' || ['sts:assumerole', 'sts:*', '*'].includes(action.toLowerCase()),
  );
}
