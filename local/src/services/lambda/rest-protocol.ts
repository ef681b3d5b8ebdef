import { AwsError } from '../aws-error';
import type { CallOperation, Protocol, WireRequest, WireResponse } from '../endpoint/protocol';
import type { InvokeOutput } from './lambda-service';

/** The REST protocol of Lambda, for Invoke. */
export class LambdaRestProtocol implements Protocol {
  public readonly service = 'lambda';

  public async handle(request: WireRequest, call: CallOperation): Promise<WireResponse> {
    const [, name] = /^\/2015-03-31\/functions\/([^/]+)\/invocations$/.exec(request.path) ?? [];
    if (request.method !== 'POST' || name === undefined) {
      throw new AwsError(
        'UnknownOperationException',
        `local mode does not have ${request.method} ${request.path} in Lambda: it has Invoke`,
      );
    }
    const output = (await call('Invoke', {
      FunctionName: decodeURIComponent(name),
      InvocationType: request.headers['x-amz-invocation-type'] ?? 'RequestResponse',
      Payload: request.body.length === 0 ? '{}' : request.body.toString('utf8'),
    })) as InvokeOutput;
    return {
      statusCode: output.StatusCode,
      headers: {
        'content-type': 'application/json',
        'x-amz-executed-version': output.ExecutedVersion,
        ...(output.FunctionError !== undefined && { 'x-amz-function-error': output.FunctionError }),
      },
      body: output.Payload,
    };
  }

  public renderError(error: AwsError): WireResponse {
    return {
      statusCode: error.statusCode,
      headers: { 'content-type': 'application/json', 'x-amzn-errortype': error.code },
      body: JSON.stringify({ Type: error.statusCode < 500 ? 'User' : 'Service', message: error.message }),
    };
  }
}
