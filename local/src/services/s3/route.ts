import type { CallOperation, WireRequest, WireResponse } from '../endpoint/protocol';
import type { Output } from './rest-output';

/** A request, and where it goes. */
export interface Target {
  readonly request: WireRequest;
  /** Calls an operation. */
  readonly call: CallOperation;
  /** What the path, the headers and the query give. */
  readonly input: Output;
}

/** How one operation is told from others, and answered. */
export interface Route {
  readonly on: `${'GET' | 'HEAD' | 'PUT' | 'POST' | 'DELETE'} ${'service' | 'bucket' | 'object'}`;
  /** In S3's service model, which has the headers and the parameters. */
  readonly operation: string;
  /** The parameter that makes this operation of the request. */
  readonly marker?: string;
  /** The header that makes this operation of the request. */
  readonly header?: string;
  /** Whether it reads the body as it comes: that of all others is checked before they are carried out. */
  readonly isUpload?: true;
  readonly answer: (target: Target, operation: string) => Promise<WireResponse>;
}
