import type { Json, JsonObject } from '../json';
import type { MapPlace } from './map-place';

/** A call of a Task state. */
export interface TaskCall {
  /** The state's Resource, as in the definition. */
  readonly resource: string;
  readonly arguments: Json;
  readonly stateName: string;
  /** The context object for this attempt of the state. */
  readonly context: JsonObject;
  readonly timeoutSeconds?: number;
  readonly heartbeatSeconds?: number;
  /** The state's evaluated Credentials. */
  readonly credentials?: Json;
  /** Token with which the worker answers (`.waitForTaskToken` only). Also in the context object. */
  readonly taskToken?: string;
  /**
   * Set if an earlier run made this call but did not receive its result. Contains the service's first response, if that
   * run received one.
   */
  readonly resumed?: { readonly submitted?: Json };
  /** The Map item that the task runs for, if any. */
  readonly place?: MapPlace | undefined;
  /** Signal that aborts when the task's result is no longer needed. */
  readonly signal: AbortSignal;
  /** Restarts the heartbeat timeout (`.waitForTaskToken` and activities only). */
  readonly heartbeat: () => void;
  /** Called with the service's first response if the task continues after this response (`.sync`). */
  readonly submitted: (output: Json) => void;
}

/** Runs a task. @throws StatesError when the task fails */
export type RunTask = (call: TaskCall) => Promise<unknown>;

/** A request of a distributed Map's ItemReader. */
export interface ItemReaderCall {
  /** `arn:aws:states:::s3:getObject` or `arn:aws:states:::s3:listObjectsV2`. */
  readonly resource: string;
  readonly arguments: Json;
  readonly stateName: string;
  readonly signal: AbortSignal;
}

/**
 * Reads the items of an ItemReader. Returns an object's content, or the list of objects as S3 returns it.
 *
 * @throws StatesError when reading fails
 */
export type ReadItems = (call: ItemReaderCall) => Promise<string | readonly Json[]>;

/** A file that a distributed Map's ResultWriter writes. */
export interface ResultWriterCall {
  /** `arn:aws:states:::s3:putObject`. */
  readonly resource: string;
  readonly bucket: string;
  readonly key: string;
  /** The content in parts, because it can be large: a file can hold the results of thousands of items. */
  readonly content: Iterable<string>;
  readonly signal: AbortSignal;
}

/** Writes a file of results. @throws StatesError when writing fails */
export type WriteResults = (call: ResultWriterCall) => Promise<void>;

/** Stores a string outside of memory. @returns a function that reads it */
export type KeepString = (text: string) => () => string;
