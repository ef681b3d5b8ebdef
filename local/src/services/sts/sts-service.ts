import type { Deployment } from '../../assembly/deployment';
import { callerOf } from '../iam/principals';
import { uniqueId } from '../iam/unique-id';
import { unknownOperation } from '../router';
import type { Principal, Service } from '../service';

/** The answer of GetCallerIdentity. */
export interface CallerIdentity {
  readonly UserId: string;
  readonly Account: string;
  readonly Arn: string;
}

/** AWS Security Token Service: who a key belongs to. */
export class StsService implements Service {
  readonly name = 'sts';

  constructor(private readonly deployment: Pick<Deployment, 'roles' | 'environment'>) {}

  async call(operation: string, _input: unknown, caller: Principal): Promise<CallerIdentity> {
    if (operation !== 'GetCallerIdentity')
      throw unknownOperation(this.name, operation, ['GetCallerIdentity']);
    const { roles, environment } = this.deployment;
    const role = roles.find(({ arn }) => arn === caller.arn);
    return {
      UserId: role ? `${uniqueId('role', caller.arn)}:local-mode` : uniqueId('user', caller.arn),
      Account: environment.accountId,
      Arn: callerOf(caller).sessionArn,
    };
  }
}
