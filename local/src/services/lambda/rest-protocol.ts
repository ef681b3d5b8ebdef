import { AwsError } from '../aws-error';
import { parseBody } from '../endpoint/json-protocol';
import type { WireRequest, WireResponse } from '../endpoint/protocol';
import { REST_JSON_REFUSALS } from '../endpoint/refusals';
import type { RequestHead } from '../endpoint/request-head';
import { claimedService } from '../endpoint/signature-claims';
import type { MemberPlace } from '../rest/rest-model';
import { type Content, RestProtocol } from '../rest/rest-protocol';

const JSON_HEADERS = { 'content-type': 'application/json' };

/** Lambda's REST protocol, with JSON bodies. */
export class LambdaRestProtocol extends RestProtocol {
  readonly refusals = REST_JSON_REFUSALS;

  recognizes({ path }: RequestHead): boolean {
    return path.startsWith('/2015-03-31/');
  }

  /** Requests to unsupported services receive errors in this protocol, because most of these services use JSON. */
  isReadableFor(head: RequestHead): boolean {
    return this.recognizes(head) || ![undefined, 's3'].includes(claimedService(head));
  }

  renderError({ code, message, statusCode: given }: AwsError): WireResponse {
    const statusCode = code === 'AccessDeniedException' ? 403 : given;
    return {
      statusCode,
      headers: JSON_HEADERS,
      body: JSON.stringify({ Type: statusCode < 500 ? 'User' : 'Service', message }),
    };
  }

  protected unknownRequest({ method, path }: WireRequest): AwsError {
    const operations = Object.keys(this.model.operations).join(', ');
    return new AwsError(
      'UnknownOperationException',
      `local mode does not support ${method} ${path} in Lambda. Supported: ${operations}`,
      404,
    );
  }

  protected readonly invalidValue = ({ name }: MemberPlace, text: string, type: string): AwsError =>
    new AwsError('SerializationException', `${name} must be of type ${type}, got ${text}`);

  protected async readBody({ body }: WireRequest, payload: MemberPlace | undefined): Promise<unknown> {
    const bytes = await body.read();
    if (payload === undefined) return parseBody(bytes);
    return bytes.length === 0 ? undefined : bytes.toString('utf8');
  }

  protected writeBody(_operation: string, { value, payload }: Content) {
    return { headers: JSON_HEADERS, body: payload === undefined ? JSON.stringify(value) : String(value) };
  }
}
