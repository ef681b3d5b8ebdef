import { randomBytes } from 'node:crypto';
import type { Principal } from './principal';

/** Temporary AWS credentials in the format of the Security Token Service. */
export interface TemporaryCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
}

/** Issues credentials for this run and finds their principals. Access keys are random and kept only in memory. */
export class CredentialStore {
  private readonly byPrincipal = new Map<string, TemporaryCredentials>();
  private readonly byAccessKey = new Map<
    string,
    { credentials: TemporaryCredentials; principal: Principal }
  >();

  /** Returns the credentials of a principal. Every call returns the same credentials. */
  public issue(principal: Principal): TemporaryCredentials {
    const known = this.byPrincipal.get(principal.arn);
    if (known !== undefined) {
      return known;
    }
    const credentials = {
      accessKeyId: `ASIA${randomBytes(8).toString('hex').toUpperCase()}`,
      secretAccessKey: randomBytes(30).toString('base64'),
      sessionToken: randomBytes(48).toString('base64'),
    };
    this.byPrincipal.set(principal.arn, credentials);
    this.byAccessKey.set(credentials.accessKeyId, { credentials, principal });
    return credentials;
  }

  /** The principal of an access key; undefined for an access key that this run did not issue. */
  public find(accessKeyId: string): { credentials: TemporaryCredentials; principal: Principal } | undefined {
    return this.byAccessKey.get(accessKeyId);
  }
}
