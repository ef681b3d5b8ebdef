import { XMLBuilder } from 'fast-xml-parser';
import { AwsError } from '../aws-error';
import type { ServiceModel } from '../model/validator';
import type { CallOperation } from '../service';
import type { Protocol, WireRequest, WireResponse } from './protocol';
import { queryError } from './query-errors';
import { readForm } from './query-input';
import { QUERY_REFUSALS } from './refusals';
import type { RequestHead } from './request-head';
import { isTime } from './time-members';

/** Response members that are maps. */
const MAP_MEMBERS: ReadonlySet<string> = new Set(['ExtendedStatistics']);

/** The AWS query protocol: requests are forms, responses are XML. */
export class QueryProtocol implements Protocol {
  readonly refusals = QUERY_REFUSALS;
  private readonly xml = new XMLBuilder({ ignoreAttributes: false, attributeNamePrefix: '@' });

  constructor(
    readonly service: string,
    /** XML namespace of the service's responses, with the API version. */
    private readonly namespace: string,
    /** Service model of the requests. */
    private readonly model: ServiceModel,
  ) {}

  /** Always false: the path and headers are the same for all services with this protocol. */
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
    const output = await call(operation, readForm(parameters, this.model, operation));
    return this.render(200, `${operation}Response`, {
      [`${operation}Result`]: asXml(output),
      ResponseMetadata: { RequestId: request.requestId },
    });
  }

  renderError(error: AwsError, requestId: string): WireResponse {
    const { code, statusCode, type } = queryError(error);
    return this.render(statusCode, 'ErrorResponse', {
      Error: { Type: type, Code: code, Message: error.message },
      RequestId: requestId,
    });
  }

  private render(statusCode: number, name: string, content: object): WireResponse {
    return {
      statusCode,
      headers: { 'content-type': 'text/xml' },
      body: this.xml.build({ [name]: { '@xmlns': this.namespace, ...content } }),
    };
  }
}

/**
 * Converts a response. A list becomes an element with a `member` per item. A map becomes an element with an `entry`
 * per item. A timestamp becomes a string in ISO 8601.
 */
function asXml(value: unknown, name = ''): unknown {
  if (Array.isArray(value)) return { member: value.map((item) => asXml(item, name)) };
  if (isTime(name)) return new Date(Number(value) * 1000).toISOString();
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value);
  if (MAP_MEMBERS.has(name)) return { entry: members.map(([key, item]) => ({ key, value: item })) };
  return Object.fromEntries(members.map(([key, member]) => [key, asXml(member, key)]));
}
