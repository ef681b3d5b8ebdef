import type { Readable } from 'node:stream';
import type { AwsError } from '../aws-error';
import type { CallOperation } from '../service';
import type { Refusals } from './refusals';
import type { RequestBody } from './request-body';
import type { RequestHead } from './request-head';

/** A request whose signature is verified. The signature of the body is verified while the body is read. */
export interface WireRequest extends RequestHead {
  /** ID for the response. */
  readonly requestId: string;
  readonly body: RequestBody;
}

/** The response to a client. */
export interface WireResponse {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer | Readable;
}

/** The HTTP protocol of an AWS service. */
export interface Protocol {
  /** The service's signing name. */
  readonly service: string;
  /** Errors for requests that are not correctly signed. */
  readonly refusals: Refusals;
  /** Whether the path or a header shows that a request is for this service, even if it is signed for another one. */
  recognizes(head: RequestHead): boolean;
  /** Whether the client of a request understands errors of this protocol. */
  isReadableFor(head: RequestHead): boolean;
  handle(request: WireRequest, call: CallOperation): Promise<WireResponse>;
  /** @param head head of the failed request */
  renderError(error: AwsError, requestId: string, head: RequestHead): WireResponse;
}
