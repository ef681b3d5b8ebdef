import { AwsError } from '../aws-error';
import type { CallOperation, Protocol, WireRequest, WireResponse } from '../endpoint/protocol';
import { REST_JSON_REFUSALS } from '../endpoint/refusals';
import type { RequestHead } from '../endpoint/request-head';
import { claimedService } from '../endpoint/signature-claims';
import type { InvokeOutput } from './lambda-service';

/** The REST protocol of Lambda, for Invoke. */
export class LambdaRestProtocol implements Protocol {
  public readonly service = 'lambda';
  public readonly refusals = REST_JSON_REFUSALS;

  public recognizes({ path }: RequestHead): boolean {
    return path.startsWith('/2015-03-31/');
  }

  /** Most services that local mode does not have speak JSON, as Lambda does. */
  public isReadableFor(head: RequestHead): boolean {
    return this.recognizes(head) || ![undefined, 's3'].includes(claimedService(head));
  }

  public async handle(request: WireRequest, call: CallOperation): Promise<WireResponse> {
    const { method, path, headers, query } = request;
    const [, name] = /^\/2015-03-31\/functions\/([^/]+)\/invocations$/.exec(path) ?? [];
    if (method !== 'POST' || name === undefined) {
      throw new AwsError(
        'UnknownOperationException',
        `local mode does not have ${method} ${path} in Lambda: it has Invoke`,
        404,
      );
    }
    const payload = await request.body.read();
    const output = (await call('Invoke', {
      FunctionName: decode(name),
      InvocationType: headers['x-amz-invocation-type'],
      LogType: headers['x-amz-log-type'],
      ClientContext: headers['x-amz-client-context'],
      DurableExecutionName: headers['x-amz-durable-execution-name'],
      TenantId: headers['x-amz-tenant-id'],
      Qualifier: query.get('Qualifier') ?? undefined,
      Payload: payload.length === 0 ? '{}' : payload.toString('utf8'),
    })) as InvokeOutput;
    return {
      statusCode: output.StatusCode,
      headers: {
        'content-type': 'application/json',
        'x-amz-executed-version': output.ExecutedVersion,
        ...(output.FunctionError !== undefined && { 'x-amz-function-error': output.FunctionError }),
        ...(output.LogResult !== undefined && { 'x-amz-log-result': output.LogResult }),
      },
      body: output.Payload,
    };
  }

  public renderError({ code, message, statusCode: given }: AwsError): WireResponse {
    const statusCode = code === 'AccessDeniedException' ? 403 : given;
    return {
      statusCode,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ Type: statusCode < 500 ? 'User' : 'Service', message }),
    };
  }
}

/** A part of a path. What cannot be decoded is no name of a function either. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
