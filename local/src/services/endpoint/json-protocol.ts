import { AwsError } from '../aws-error';
import { parseJson } from '../json-text';
import type { CallOperation } from '../service';
import type { Protocol, WireRequest, WireResponse } from './protocol';
import { queryErrorHeader } from './query-errors';
import { JSON_REFUSALS } from './refusals';
import type { RequestHead } from './request-head';

/** The AWS JSON protocol (1.0 and 1.1): the operation is in `X-Amz-Target`, everything else in the body. */
export class JsonProtocol implements Protocol {
  public readonly refusals = JSON_REFUSALS;

  constructor(
    public readonly service: string,
    /** What stands before the operation in `X-Amz-Target`, such as `SageMaker`. */
    private readonly targetPrefix: string,
    private readonly version: '1.0' | '1.1',
    /** Whether the service once spoke the query protocol only: errors tell its code, too. */
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

/** The JSON object that a body is; an empty one for no body. @throws AwsError `SerializationException` */
export function parseBody(body: Buffer): Record<string, unknown> {
  try {
    const input: unknown = body.length === 0 ? {} : parseJson(body.toString('utf8'));
    if (typeof input === 'object' && input !== null && !Array.isArray(input)) {
      return input as Record<string, unknown>;
    }
  } catch {
    // Falls through: the same answer as for JSON that is not an object.
  }
  throw new AwsError('SerializationException', 'the body is not a JSON object');
}
