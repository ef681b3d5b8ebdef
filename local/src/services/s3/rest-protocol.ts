import { AwsError } from '../aws-error';
import type { CallOperation, Protocol, WireRequest, WireResponse } from '../endpoint/protocol';
import { S3_REFUSALS } from '../endpoint/refusals';
import type { RequestHead } from '../endpoint/request-head';
import { readMembers } from './request-members';
import { contentEncoding } from './rest-input';
import { xmlDocument } from './rest-output';
import { routeOf } from './rest-routes';

/** The REST protocol of S3, with the bucket in the path. */
export class S3RestProtocol implements Protocol {
  public readonly service = 's3';
  public readonly refusals = S3_REFUSALS;

  /** Whatever path and method a request has, S3 may be meant, and another service too. */
  public recognizes(): boolean {
    return false;
  }

  public isReadableFor(_head: RequestHead): boolean {
    return true;
  }

  public async handle(request: WireRequest, call: CallOperation): Promise<WireResponse> {
    const response = await this.answer(request, call);
    return { ...response, headers: { ...idHeaders(request.requestId), ...response.headers } };
  }

  public renderError(error: AwsError, requestId: string, { path }: RequestHead): WireResponse {
    // S3 has a code of its own for what other services call AccessDeniedException.
    const isDenied = error.code === 'AccessDeniedException';
    const content = {
      Code: isDenied ? 'AccessDenied' : error.code,
      Message: error.message,
      ...error.details,
      Resource: path,
      RequestId: requestId,
      HostId: HOST_ID,
    };
    const response = xmlDocument({ Error: content });
    return {
      ...response,
      statusCode: isDenied ? 403 : error.statusCode,
      headers: { ...idHeaders(requestId), ...response.headers },
    };
  }

  private async answer(request: WireRequest, call: CallOperation): Promise<WireResponse> {
    const [, bucket = '', ...rest] = request.path.split('/');
    const [Bucket, Key] = [decode(bucket), decode(rest.join('/'))];
    const level = Key !== '' ? 'object' : Bucket !== '' ? 'bucket' : 'service';
    const route = routeOf(request, level);
    if (route === undefined) {
      throw unknownRequest(request, level);
    }
    if (route.isUpload !== true) {
      await request.body.read();
    }
    const { ContentEncoding: encoding, ...members } = readMembers(route.operation, request);
    const kept = contentEncoding(encoding);
    const input = {
      ...(Bucket !== '' && { Bucket }),
      ...(Key !== '' && { Key }),
      ...members,
      ...(kept !== undefined && { ContentEncoding: kept }),
    };
    return route.answer({ request, call, input }, route.operation);
  }
}

function unknownRequest({ method, query }: WireRequest, level: string): AwsError {
  const parameters = [...query.keys()].filter((key) => key !== 'x-id');
  const what = parameters.length > 0 ? ` with "${parameters.join('&')}"` : '';
  return new AwsError(
    'NotImplemented',
    `local mode does not have ${method} of ${level === 'service' ? 'all buckets' : `this ${level}`}${what} in S3`,
    501,
  );
}

/** S3 names the host that answered. */
const HOST_ID = 'local-mode';

function idHeaders(requestId: string): Record<string, string> {
  return { 'x-amz-request-id': requestId, 'x-amz-id-2': HOST_ID };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new AwsError('InvalidURI', "Couldn't parse the specified URI.");
  }
}
