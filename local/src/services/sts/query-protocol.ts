import { XMLBuilder } from 'fast-xml-parser';
import { AwsError } from '../aws-error';
import type { CallOperation, Protocol, WireRequest, WireResponse } from '../endpoint/protocol';

const XMLNS = 'https://sts.amazonaws.com/doc/2011-06-15/';

/** The AWS query protocol of the Security Token Service: parameters of a form, answers in XML. */
export class StsQueryProtocol implements Protocol {
  readonly service = 'sts';
  private readonly xml = new XMLBuilder({ ignoreAttributes: false, attributeNamePrefix: '@' });

  async handle(request: WireRequest, call: CallOperation): Promise<WireResponse> {
    const parameters =
      request.method === 'POST' ? new URLSearchParams(request.body.toString('utf8')) : request.query;
    const operation = parameters.get('Action');
    if (!operation) throw new AwsError('MissingAction', 'the request has no parameter Action');
    const output = await call(operation, Object.fromEntries(parameters));
    return this.render(200, `${operation}Response`, { [`${operation}Result`]: output });
  }

  renderError({ statusCode, code, message }: AwsError, requestId: string): WireResponse {
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
