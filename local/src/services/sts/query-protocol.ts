import { XMLBuilder } from 'fast-xml-parser';
import { AwsError } from '../aws-error';
import type { CallOperation, Protocol, RequestHead, WireRequest, WireResponse } from '../endpoint/protocol';
import { QUERY_REFUSALS } from '../endpoint/refusals';

const XMLNS = 'https://sts.amazonaws.com/doc/2011-06-15/';

/** The AWS query protocol of the Security Token Service: parameters of a form, answers in XML. */
export class StsQueryProtocol implements Protocol {
  readonly service = 'sts';
  readonly refusals = QUERY_REFUSALS;
  private readonly xml = new XMLBuilder({ ignoreAttributes: false, attributeNamePrefix: '@' });

  recognizes({ headers, query, path }: RequestHead): boolean {
    const isForm = String(headers['content-type'] ?? '').startsWith('application/x-www-form-urlencoded');
    return path === '/' && (isForm || query.has('Action'));
  }

  isReadableFor(head: RequestHead): boolean {
    return this.recognizes(head);
  }

  async handle(request: WireRequest, call: CallOperation): Promise<WireResponse> {
    const body = (await request.body.read()).toString('utf8');
    const parameters = request.method === 'POST' ? new URLSearchParams(body) : request.query;
    const operation = parameters.get('Action');
    if (!operation) throw new AwsError('MissingAction', 'the request has no parameter Action');
    const output = await call(operation, Object.fromEntries(parameters));
    return this.render(200, `${operation}Response`, {
      [`${operation}Result`]: output,
      ResponseMetadata: { RequestId: request.requestId },
    });
  }

  renderError({ statusCode: given, code: name, message }: AwsError, requestId: string): WireResponse {
    // The query protocol has a code of its own for what JSON services call AccessDeniedException.
    const [code, statusCode] = name === 'AccessDeniedException' ? ['AccessDenied', 403] : [name, given];
    const error = { Type: statusCode < 500 ? 'Sender' : 'Receiver', Code: code, Message: message };
    return this.render(statusCode, 'ErrorResponse', { Error: error, RequestId: requestId });
  }

  private render(statusCode: number, name: string, content: object): WireResponse {
    return {
      statusCode,
      headers: { 'content-type': 'text/xml' },
      body: this.xml.build({ [name]: { '@xmlns': XMLNS, ...content } }),
    };
  }
}
