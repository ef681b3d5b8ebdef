import { randomBytes } from 'node:crypto';
import type { Principal } from './principal';

/** Temporary AWS credentials, as the Security Token Service makes them. */
export interface TemporaryCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
}

/** Issues keys for this run and knows who holds them. Keys are random and live in memory only. */
export class CredentialStore {
  private readonly byPrincipal = new Map<string, TemporaryCredentials>();
  private readonly byAccessKey = new Map<
    string,
    { credentials: TemporaryCredentials; principal: Principal }
  >();

  /** The keys of a principal: the same at every call. */
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

  /** Who an access key was issued to; undefined for a key that is not of this run. */
  public find(accessKeyId: string): { credentials: TemporaryCredentials; principal: Principal } | undefined {
    return this.byAccessKey.get(accessKeyId);
  }
}
