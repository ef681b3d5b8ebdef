import { AwsError } from '../aws-error';
import type { CallOperation, Protocol, WireRequest, WireResponse } from '../endpoint/protocol';
import { S3_REFUSALS } from '../endpoint/refusals';
import type { RequestHead } from '../endpoint/request-head';
import { commonMembers, fromQuery } from './rest-input';
import { xmlDocument } from './rest-output';
import { ROUTES } from './rest-routes';

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

  public renderError(error: AwsError, requestId: string): WireResponse {
    // S3 has a code of its own for what other services call AccessDeniedException.
    const isDenied = error.code === 'AccessDeniedException';
    const content = {
      Code: isDenied ? 'AccessDenied' : error.code,
      Message: error.message,
      ...error.details,
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
    // An operation of its own (`?acl`, `?versions`, …) must not be taken for another one.
    const parameters = [...request.query.keys()].filter((key) => key !== 'x-id');
    const route = ROUTES.find(
      ({ on, marker, query = [] }) =>
        on === `${request.method} ${level}` &&
        (marker === undefined || parameters.includes(marker)) &&
        parameters.every((each) => each === marker || query.some(([name]) => name === each)),
    );
    if (route === undefined) {
      const what = parameters.length > 0 ? ` with "${parameters.join('&')}"` : '';
      throw new AwsError(
        'NotImplemented',
        `local mode does not have ${request.method} of ${level === 'service' ? 'all buckets' : `this ${level}`}${what} in S3`,
        501,
      );
    }
    if (route.isUpload !== true) {
      await request.body.read();
    }
    const at = {
      ...(Bucket !== '' && { Bucket }),
      ...(Key !== '' && { Key }),
      ...commonMembers(request),
    };
    return route.answer({ request, call, at }, fromQuery(request, route.query ?? []));
  }
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
