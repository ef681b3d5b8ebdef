import * as http from 'node:http';
import { Sha256 } from '@aws-crypto/sha256-js';
import { SignatureV4 } from '@smithy/signature-v4';
import type { RunningServices, TemporaryCredentials } from '../../src/services';
import { ENVIRONMENT } from './helpers';

/** A request in its final form, ready to send. */
export interface RawRequest {
  readonly method: string;
  /** The path, including the query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: string | Buffer;
}

/** The response. */
export interface Answer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
}

/** The request to sign. */
export interface Unsigned {
  readonly service: string;
  readonly method?: string;
  /** The percent-encoded path. @default '/' */
  readonly path?: string;
  readonly query?: Record<string, string>;
  readonly headers?: Record<string, string>;
  readonly body?: string;
}

/** How to sign a request. */
export interface Signing {
  readonly credentials?: TemporaryCredentials;
  readonly region?: string;
  /** The service in the scope of the signature. @default - the service of the request */
  readonly service?: string;
  readonly date?: Date;
  /**
   * The lifetime of a presigned URL in seconds. If it is given, the query is signed instead of the headers.
   */
  readonly expiresIn?: number;
  /** Whether to add the header x-amz-content-sha256. @default true */
  readonly namesHash?: boolean;
}

/** Signs a request. This implementation is independent of the implementation under test. */
export async function sign(
  services: RunningServices,
  { service, method = 'POST', path = '/', query = {}, headers = {}, body }: Unsigned,
  signing: Signing = {},
): Promise<RawRequest> {
  const signer = new SignatureV4({
    credentials: signing.credentials ?? services.credentialsFor(services.user),
    region: signing.region ?? ENVIRONMENT.region,
    service: signing.service ?? service,
    sha256: Sha256,
    uriEscapePath: service !== 's3',
    applyChecksum: signing.namesHash ?? true,
  });
  const request = {
    method,
    protocol: 'http:',
    hostname: '127.0.0.1',
    path,
    query,
    headers: { host: new URL(services.url).host, ...headers },
    ...(body !== undefined && { body }),
  };
  const signingDate = signing.date ?? new Date();
  const signed =
    signing.expiresIn === undefined
      ? await signer.sign(request, { signingDate })
      : await signer.presign(request, { signingDate, expiresIn: signing.expiresIn });
  const search = Object.entries(signed.query ?? {}).map(
    ([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(String(value))}`,
  );
  return {
    method,
    path: search.length === 0 ? path : `${path}?${search.join('&')}`,
    headers: signed.headers,
    ...(body !== undefined && { body }),
  };
}

/** Sends a request unchanged. */
export function send(
  services: RunningServices,
  { method, path, headers, body }: RawRequest,
): Promise<Answer> {
  const { port } = new URL(services.url);
  return new Promise((resolve, reject) => {
    const request = http.request(
      { host: '127.0.0.1', port, method, path, setHost: false, headers: headers as http.OutgoingHttpHeaders },
      (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk) => {
          text += chunk;
        });
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }),
        );
      },
    );
    request.on('error', reject).end(body);
  });
}

/** The error code in a response of any format. */
export function codeOf({ body, headers }: Answer): string | undefined {
  return (
    /<Code>([^<]*)/.exec(body)?.[1] ??
    /"__type":"([^"]*)/.exec(body)?.[1] ??
    (headers['x-amzn-errortype'] as string | undefined)
  );
}
