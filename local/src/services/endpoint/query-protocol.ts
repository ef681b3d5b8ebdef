import { XMLBuilder } from 'fast-xml-parser';
import { AwsError } from '../aws-error';
import type { CallOperation, Protocol, WireRequest, WireResponse } from './protocol';
import { QUERY_REFUSALS } from './refusals';
import type { RequestHead } from './request-head';

/** Members of responses that are points in time: epoch seconds here, ISO 8601 in XML. */
const TIME_MEMBERS: ReadonlySet<string> = new Set(['CreateDate', 'CreationTime']);

/** Codes of the query protocol, for what JSON services call otherwise, and their HTTP statuses. */
const OWN_CODES: Readonly<Record<string, readonly [code: string, status: number]>> = {
  AccessDeniedException: ['AccessDenied', 403],
  ValidationException: ['ValidationError', 400],
};

/** The AWS query protocol: parameters of a form, answers in XML. Lists in requests are not read. */
export class QueryProtocol implements Protocol {
  readonly refusals = QUERY_REFUSALS;
  private readonly xml = new XMLBuilder({ ignoreAttributes: false, attributeNamePrefix: '@' });

  constructor(
    readonly service: string,
    /** XML namespace of the service's answers, with the version of its API. */
    private readonly namespace: string,
  ) {}

  /** Forms of all services look alike. */
  recognizes(): boolean {
    return false;
  }

  isReadableFor({ headers, query, path }: RequestHead): boolean {
    const isForm = String(headers['content-type'] ?? '').startsWith('application/x-www-form-urlencoded');
    return path === '/' && (isForm || query.has('Action'));
  }

  async handle(request: WireRequest, call: CallOperation): Promise<WireResponse> {
    const body = (await request.body.read()).toString('utf8');
    const parameters = request.method === 'POST' ? new URLSearchParams(body) : request.query;
    const operation = parameters.get('Action');
    if (!operation) throw new AwsError('MissingAction', 'the request has no parameter Action');
    const output = await call(operation, Object.fromEntries(parameters));
    return this.render(200, `${operation}Response`, {
      [`${operation}Result`]: asXml(output),
      ResponseMetadata: { RequestId: request.requestId },
    });
  }

  renderError({ statusCode: given, code: name, message }: AwsError, requestId: string): WireResponse {
    const [code, statusCode] = OWN_CODES[name] ?? [name, given];
    const error = { Type: statusCode < 500 ? 'Sender' : 'Receiver', Code: code, Message: message };
    return this.render(statusCode, 'ErrorResponse', { Error: error, RequestId: requestId });
  }

  private render(statusCode: number, name: string, content: object): WireResponse {
    return {
      statusCode,
      headers: { 'content-type': 'text/xml' },
      body: this.xml.build({ [name]: { '@xmlns': this.namespace, ...content } }),
    };
  }
}

/** A list is an element with a `member` for each item. */
function asXml(value: unknown): unknown {
  if (Array.isArray(value)) return { member: value.map(asXml) };
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [
      name,
      TIME_MEMBERS.has(name) ? new Date(Number(member) * 1000).toISOString() : asXml(member),
    ]),
  );
}
