import type { IncomingHttpHeaders } from 'node:http';
import type { Readable } from 'node:stream';
import type { AwsError } from '../aws-error';

/** A request whose signature was checked. */
export interface WireRequest {
  readonly method: string;
  /** Path as sent, still percent-encoded, without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** What goes back to the client. */
export interface WireResponse {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer | Readable;
}

/** Runs an operation of the service that the request was signed for. */
export type CallOperation = (operation: string, input: Readonly<Record<string, unknown>>) => Promise<unknown>;

/** How one AWS service speaks HTTP. */
export interface Protocol {
  /** The service's name in signatures. */
  readonly service: string;
  handle(request: WireRequest, call: CallOperation): Promise<WireResponse>;
  renderError(error: AwsError, requestId: string): WireResponse;
}
