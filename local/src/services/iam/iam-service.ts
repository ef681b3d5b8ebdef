import type { Deployment, RoleResource } from '../../assembly/deployment';
import { AwsError } from '../aws-error';
import * as model from '../model/iam-model.json';
import type { ServiceModel } from '../model/validator';
import type { Input, OperationsOf, Service } from '../service';
import { simulatePrincipalPolicy } from './policy-simulation';
import { uniqueId } from './unique-id';

/** AWS Identity and Access Management, read-only: clients look up their roles and permissions. */
export class IamService implements Service {
  readonly name = 'iam';
  readonly model = model as ServiceModel;

  private readonly deployed = Date.now() / 1000;

  readonly operations: OperationsOf<typeof model> = {
    GetRole: { run: (input) => this.getRole(input) },
    SimulatePrincipalPolicy: {
      run: (input) =>
        simulatePrincipalPolicy(
          this.deployment.roles.find(({ arn }) => arn === input['PolicySourceArn']),
          input,
        ),
    },
  };

  constructor(private readonly deployment: Pick<Deployment, 'roles' | 'environment'>) {}

  /** The principal of a request, given by its ARN or by a role name. */
  subject({ PolicySourceArn: arn, RoleName: name }: Input) {
    const { roles, environment } = this.deployment;
    const { partition, accountId } = environment;
    const known = arn ?? roles.find((role) => role.name === name)?.arn;
    return {
      resource: String(known ?? `arn:${partition}:iam::${accountId}:role/${String(name)}`),
      context: {},
    };
  }

  private getRole(input: Input): unknown {
    const name = String(input['RoleName']);
    const { roles } = this.deployment;
    const role = roles.find((each) => each.name === name);
    if (role === undefined) {
      const known = roles.map((each) => each.name).join(', ') || 'none';
      throw new AwsError(
        'NoSuchEntity',
        `The role with name ${name} cannot be found. (Roles of the stack: ${known}. Use the ARN for a role that exists on AWS.)`,
        404,
      );
    }
    return { Role: this.describe(role) };
  }

  private describe({ name, arn, trustPolicy }: RoleResource): unknown {
    return {
      Path: arn.replace(/^.*:role/, '').slice(0, -name.length),
      RoleName: name,
      RoleId: uniqueId('role', arn),
      Arn: arn,
      CreateDate: this.deployed,
      // The trust policy is percent-encoded, as in IAM's responses.
      AssumeRolePolicyDocument: encodeURIComponent(JSON.stringify(trustPolicy)),
    };
  }
}
