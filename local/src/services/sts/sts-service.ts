import { createHash } from 'node:crypto';
import type { Deployment } from '../../assembly/deployment';
import { callerOf } from '../iam/principals';
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
      // IDs look like those of AWS; the same principal has the same one in each run.
      UserId: role ? `AROA${identifier(caller.arn)}:local-mode` : `AIDA${identifier(caller.arn)}`,
      Account: environment.accountId,
      Arn: callerOf(caller).sessionArn,
    };
  }
}

function identifier(arn: string): string {
  return createHash('sha256').update(arn).digest('hex').slice(0, 17).toUpperCase();
}
