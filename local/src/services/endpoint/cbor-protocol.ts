import { AwsError } from '../aws-error';
import type { CallOperation } from '../service';
import { decodeCbor, encodeCbor } from './cbor';
import type { Protocol, WireRequest, WireResponse } from './protocol';
import { queryErrorHeader } from './query-errors';
import { JSON_REFUSALS } from './refusals';
import type { RequestHead } from './request-head';

/** The header that identifies the protocol. */
const PROTOCOL = { 'smithy-protocol': 'rpc-v2-cbor' };

/**
 * Smithy RPC v2 CBOR, which boto3 and the SDKs for Go and Java use for CloudWatch. The path contains the
 * operation; the body contains everything else.
 *
 * @see https://smithy.io/2.0/additional-specs/protocols/smithy-rpc-v2.html
 */
export class CborProtocol implements Protocol {
  readonly refusals = JSON_REFUSALS;

  constructor(
    readonly service: string,
    /** The service's name in paths. */
    private readonly shape: string,
  ) {}

  recognizes({ path }: RequestHead): boolean {
    return path.startsWith(`/service/${this.shape}/`);
  }

  isReadableFor({ headers }: RequestHead): boolean {
    return headers['smithy-protocol'] === PROTOCOL['smithy-protocol'];
  }

  async handle(request: WireRequest, call: CallOperation): Promise<WireResponse> {
    const [, shape, operation] = /^\/service\/(\w+)\/operation\/(\w+)$/.exec(request.path) ?? [];
    if (request.method !== 'POST' || shape !== this.shape || operation === undefined) {
      throw new AwsError(
        'UnknownOperationException',
        `expected POST /service/${this.shape}/operation/<operation>, got ${request.method} ${request.path}`,
      );
    }
    return this.render(200, await call(operation, parseBody(await request.body.read())));
  }

  renderError(error: AwsError): WireResponse {
    const { statusCode, headers, body } = this.render(error.statusCode, {
      __type: error.code,
      message: error.message,
    });
    return { statusCode, headers: { ...headers, ...queryErrorHeader(error) }, body };
  }

  private render(statusCode: number, output: unknown): WireResponse {
    return {
      statusCode,
      headers: { ...PROTOCOL, 'content-type': 'application/cbor' },
      body: encodeCbor(output),
    };
  }
}

function parseBody(body: Buffer): Record<string, unknown> {
  const input = body.length === 0 ? {} : decodeCbor(body);
  if (typeof input === 'object' && input !== null && !Array.isArray(input)) {
    return input as Record<string, unknown>;
  }
  throw new AwsError('SerializationException', 'the body is not a CBOR map');
}
