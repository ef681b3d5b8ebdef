import type { Deployment } from '../../assembly/deployment';
import { callerOf } from '../iam/principals';
import { uniqueId } from '../iam/unique-id';
import * as model from '../model/sts-model.json';
import type { ServiceModel } from '../model/validator';
import type { Principal } from '../principal';
import type { OperationsOf, Service } from '../service';

/** Response of GetCallerIdentity. */
export interface CallerIdentity {
  readonly UserId: string;
  readonly Account: string;
  readonly Arn: string;
}

/** AWS Security Token Service: identifies the principal of an access key. */
export class StsService implements Service {
  readonly name = 'sts';
  readonly model = model as ServiceModel;
  readonly operations: OperationsOf<typeof model> = {
    // GetCallerIdentity needs no permission, and no policy can deny it.
    GetCallerIdentity: { run: (_input, caller) => this.getCallerIdentity(caller), access: () => [] },
  };

  constructor(private readonly deployment: Pick<Deployment, 'roles' | 'environment'>) {}

  private getCallerIdentity(caller: Principal): CallerIdentity {
    const { roles, environment } = this.deployment;
    const role = roles.find(({ arn }) => arn === caller.arn);
    return {
      UserId: role ? `${uniqueId('role', caller.arn)}:local-mode` : uniqueId('user', caller.arn),
      Account: environment.accountId,
      Arn: callerOf(caller).sessionArn,
    };
  }
}
