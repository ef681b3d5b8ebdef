import type { Json, JsonObject } from '../json';
import type { MapPlace } from './map-place';

/** The call that a Task state makes. */
export interface TaskCall {
  /** The state's Resource, as in the definition. */
  readonly resource: string;
  readonly arguments: Json;
  readonly stateName: string;
  /** The context object of the state at this attempt. */
  readonly context: JsonObject;
  readonly timeoutSeconds?: number;
  readonly heartbeatSeconds?: number;
  /** The state's Credentials, evaluated. */
  readonly credentials?: Json;
  /** Also in the context: what the worker answers with (`.waitForTaskToken` only). */
  readonly taskToken?: string;
  /** Of a call that an earlier run has made, and whose end it did not see: with the first answer, if that came. */
  readonly resumed?: { readonly submitted?: Json };
  /** The item of a Map that the task runs for, if it runs for one. */
  readonly place?: MapPlace | undefined;
  /** Aborts when nobody waits for the answer any more. */
  readonly signal: AbortSignal;
  /** Restarts the heartbeat's time (`.waitForTaskToken` and activities only). */
  readonly heartbeat: () => void;
  /** To be called with the service's first answer when the task goes on after it (`.sync`). */
  readonly submitted: (output: Json) => void;
}

/** Runs a task. @throws StatesError when it fails */
export type RunTask = (call: TaskCall) => Promise<unknown>;

/** What a distributed Map's ItemReader asks for. */
export interface ItemReaderCall {
  /** `arn:aws:states:::s3:getObject` or `arn:aws:states:::s3:listObjectsV2`. */
  readonly resource: string;
  readonly arguments: Json;
  readonly stateName: string;
  readonly signal: AbortSignal;
}

/**
 * Reads for an ItemReader: the text of an object, or the list of objects as S3 answers it.
 *
 * @throws StatesError when it cannot
 */
export type ReadItems = (call: ItemReaderCall) => Promise<string | readonly Json[]>;

/** A file of results that a distributed Map's ResultWriter makes. */
export interface ResultWriterCall {
  /** `arn:aws:states:::s3:putObject`. */
  readonly resource: string;
  readonly bucket: string;
  readonly key: string;
  readonly content: string;
  readonly signal: AbortSignal;
}

/** Writes a file of results. @throws StatesError when it cannot */
export type WriteResults = (call: ResultWriterCall) => Promise<void>;
