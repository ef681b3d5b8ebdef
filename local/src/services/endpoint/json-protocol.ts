import { AwsError } from '../aws-error';
import { parseJson } from '../json-text';
import type { CallOperation } from '../service';
import type { Protocol, WireRequest, WireResponse } from './protocol';
import { queryErrorHeader } from './query-errors';
import { JSON_REFUSALS } from './refusals';
import type { RequestHead } from './request-head';

/**
 * The AWS JSON protocol (1.0 and 1.1). `X-Amz-Target` contains the operation; the body contains everything
 * else.
 */
export class JsonProtocol implements Protocol {
  public readonly refusals = JSON_REFUSALS;

  constructor(
    public readonly service: string,
    /** Prefix of the operation in `X-Amz-Target`, such as `SageMaker`. */
    private readonly targetPrefix: string,
    private readonly version: '1.0' | '1.1',
    /**
     * Whether the service used the query protocol in the past. If so, its errors also contain that protocol's
     * error code.
     */
    private readonly isQueryCompatible = false,
  ) {}

  public recognizes({ headers }: RequestHead): boolean {
    return String(headers['x-amz-target'] ?? '').startsWith(`${this.targetPrefix}.`);
  }

  public isReadableFor({ headers }: RequestHead): boolean {
    return headers['x-amz-target'] !== undefined;
  }

  public async handle(request: WireRequest, call: CallOperation): Promise<WireResponse> {
    const target = String(request.headers['x-amz-target'] ?? '');
    const [prefix, operation] = target.split('.');
    if (request.method !== 'POST' || prefix !== this.targetPrefix || operation === undefined) {
      throw new AwsError(
        'UnknownOperationException',
        `expected POST with the header X-Amz-Target: ${this.targetPrefix}.<operation>, got "${target}"`,
      );
    }
    const output = await call(operation, parseBody(await request.body.read()));
    return this.render(200, JSON.stringify(output ?? {}));
  }

  public renderError(error: AwsError): WireResponse {
    const { statusCode, headers, body } = this.render(
      error.statusCode,
      JSON.stringify({ __type: error.code, message: error.message }),
    );
    return {
      statusCode,
      headers: { ...headers, ...(this.isQueryCompatible && queryErrorHeader(error)) },
      body,
    };
  }

  private render(statusCode: number, body: string): WireResponse {
    return { statusCode, headers: { 'content-type': `application/x-amz-json-${this.version}` }, body };
  }
}

/**
 * Parses a body as a JSON object. An empty body is an empty object. @throws AwsError `SerializationException`
 */
export function parseBody(body: Buffer): Record<string, unknown> {
  try {
    const input: unknown = body.length === 0 ? {} : parseJson(body.toString('utf8'));
    if (typeof input === 'object' && input !== null && !Array.isArray(input)) {
      return input as Record<string, unknown>;
    }
  } catch {
    // Falls through: invalid JSON and JSON that is not an object get the same error.
  }
  throw new AwsError('SerializationException', 'the body is not a JSON object');
}
