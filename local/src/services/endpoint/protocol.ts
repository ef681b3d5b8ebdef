import type { Readable } from 'node:stream';
import type { AwsError } from '../aws-error';
import type { CallOperation } from '../service';
import type { Refusals } from './refusals';
import type { RequestBody } from './request-body';
import type { RequestHead } from './request-head';

/** A request whose signature was checked; that of its body is checked as it is read. */
export interface WireRequest extends RequestHead {
  /** For the answer. */
  readonly requestId: string;
  readonly body: RequestBody;
}

/** What goes back to the client. */
export interface WireResponse {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer | Readable;
}

/** How one AWS service speaks HTTP. */
export interface Protocol {
  /** The service's name in signatures. */
  readonly service: string;
  /** How it refuses requests that are not signed as they have to be. */
  readonly refusals: Refusals;
  /** Whether a request is for this service and for no other, whatever its signature says. */
  recognizes(head: RequestHead): boolean;
  /** Whether the client of a request can read errors of this protocol. */
  isReadableFor(head: RequestHead): boolean;
  handle(request: WireRequest, call: CallOperation): Promise<WireResponse>;
  /** @param head of the request that failed */
  renderError(error: AwsError, requestId: string, head: RequestHead): WireResponse;
}
