import { StatesError } from '../errors';
import { isArray, isObject, type Json, type JsonObject, jsonText, parseExact } from '../json';
import type { MapState, ResultWriter } from '../types';
import { fill } from './data-flow';
import type { Frame } from './frame';
import type { ChildProgress, MapJob } from './position';
import type { Visit } from './visit';

/** A child execution of a Map Run. */
export interface ChildRun {
  readonly name: string;
  /** Number of items. */
  readonly size: number;
  /** The child's job ({@link MapJob}) as JSON text. */
  readonly job: string;
  readonly startDate?: string;
  readonly stopDate?: string;
  /** The child's output as JSON text. Set if the child succeeded. */
  readonly output?: string;
  /** Set if the child execution failed. */
  readonly failure?: ChildProgress['failure'];
}

/** The child executions of a Map Run. There can be thousands, so they are stored outside of memory, if possible. */
export interface ChildRuns {
  /** For each child, a function that reads the child ({@link ChildRun}) as JSON text. */
  readonly list: (() => string)[];
  /** ARN of the state machine that the children run. */
  readonly stateMachineArn: string;
  /** The ARN of each child execution, without the child execution's name. */
  readonly arnPrefix: string;
}

/** Reads the child executions one by one. */
export function* childrenIn({ list }: ChildRuns, ...statuses: Status[]): Generator<ChildRun, undefined> {
  for (const read of list) {
    const child = JSON.parse(read()) as ChildRun;
    if (statuses.length === 0 || statuses.includes(statusOf(child))) yield child;
  }
}

/** The item or the batch that a child execution processes. */
export function jobOf({ job }: ChildRun): MapJob {
  return parseExact(job) as unknown as MapJob;
}

/** The ARN of a child execution. */
export function arnOfChild({ arnPrefix }: ChildRuns, { name }: ChildRun): string {
  return `${arnPrefix}:${name}`;
}

function outputOf({ output }: ChildRun): Json {
  return output === undefined ? null : parseExact(output);
}

type Status = 'SUCCEEDED' | 'FAILED' | 'ABORTED' | 'PENDING';

/** Location of a Map Run's results. */
export interface ResultTarget {
  readonly resource: string;
  readonly bucket: string;
  readonly prefix: string;
}

/** Evaluates the location of the results, before any child runs. */
export async function resultTarget(state: MapState, { scope }: Visit): Promise<ResultTarget | undefined> {
  const target = state.resultWriter?.target;
  if (!target) return undefined;
  const args = await fill(target.arguments, 'ResultWriter/Arguments', state.flow, scope);
  const { Bucket: bucket, Prefix: prefix = '' } = isObject(args) ? args : {};
  if (typeof bucket !== 'string' || typeof prefix !== 'string') {
    throw writerFailure(`Bucket and Prefix must be strings, but the arguments are: ${jsonText(args)}`);
  }
  return { resource: target.resource, bucket, prefix: prefix.replace(/\/$/, '') };
}

/** Combines the results of the child executions into the Map Run's result. Writes these results to S3 if requested. */
export async function collectResults(
  writer: ResultWriter | undefined,
  target: ResultTarget | undefined,
  mapRunArn: string,
  children: ChildRuns,
  frame: Frame,
): Promise<Json> {
  if (!writer) return Array.from(childrenIn(children, 'SUCCEEDED'), outputOf);
  if (target) return writeResults(writer, target, mapRunArn, children, frame);
  const results: Json[] = [];
  for (const child of childrenIn(children)) {
    results.push(...transformed(children, child, writer.transformation));
  }
  return results;
}

/**
 * Writes one file per outcome, and a manifest that lists these files, to a folder named after the Map Run. The
 * developer guide shows this structure (ResultWriter).
 */
async function writeResults(
  writer: ResultWriter,
  { resource, bucket, prefix }: ResultTarget,
  mapRunArn: string,
  children: ChildRuns,
  frame: Frame,
): Promise<Json> {
  const write = frame.services.writeResults;
  if (!write) throw writerFailure(`No writer for '${resource}'.`);
  const folder = [...(prefix ? [prefix] : []), mapRunArn.split(':').at(-1)].join('/');
  const put = async (name: string, parts: Iterable<string>): Promise<Json> => {
    const key = `${folder}/${name}`;
    let size = 0;
    const content = (function* () {
      for (const part of parts) {
        size += Buffer.byteLength(part);
        yield part;
      }
    })();
    try {
      await write({ resource, bucket, key, content, signal: frame.signal });
    } catch (error) {
      throw error instanceof StatesError ? writerFailure(error.cause ?? error.message) : error;
    }
    return { Key: key, Size: size };
  };
  const found = new Set(Array.from(childrenIn(children), statusOf));
  const files = async (kind: string, ...statuses: Status[]): Promise<Json> => {
    if (!statuses.some((status) => found.has(status))) return [];
    const content = serialized(children, statuses, writer);
    return [await put(`${kind}_0.${writer.outputType.toLowerCase()}`, content)];
  };
  const manifest = {
    DestinationBucket: bucket,
    MapRunArn: mapRunArn,
    ResultFiles: {
      FAILED: await files('FAILED', 'FAILED', 'ABORTED'),
      PENDING: await files('PENDING', 'PENDING'),
      SUCCEEDED: await files('SUCCEEDED', 'SUCCEEDED'),
    },
  };
  await put('manifest.json', [jsonText(manifest)]);
  return {
    MapRunArn: mapRunArn,
    ResultWriterDetails: { Bucket: bucket, Key: `${folder}/manifest.json` },
  };
}

/** Children that did not succeed always keep their metadata. */
function transformed(
  children: ChildRuns,
  child: ChildRun,
  transformation: ResultWriter['transformation'],
): readonly Json[] {
  if (transformation === 'NONE' || statusOf(child) !== 'SUCCEEDED') return [metadata(children, child)];
  const output = outputOf(child);
  return transformation === 'FLATTEN' && isArray(output) ? output : [output];
}

/** The child execution as DescribeExecution returns it, with its data as JSON text. */
function metadata(children: ChildRuns, child: ChildRun): JsonObject {
  const { name, startDate, stopDate, output, failure } = child;
  const status = statusOf(child);
  const asked = { Input: jsonText(jobOf(child).input), InputDetails: { Included: true } };
  if (status === 'PENDING') return { ...asked, Status: status };
  return {
    ...(failure?.cause !== undefined && { Cause: failure.cause }),
    ...(failure?.error !== undefined && { Error: failure.error }),
    ExecutionArn: arnOfChild(children, child),
    ...asked,
    Name: name,
    ...(output !== undefined && { Output: output, OutputDetails: { Included: true } }),
    RedriveCount: 0,
    ...(status === 'SUCCEEDED'
      ? {
          RedriveStatus: 'NOT_REDRIVABLE',
          RedriveStatusReason: 'Execution is SUCCEEDED and cannot be redriven',
        }
      : { RedriveStatus: 'REDRIVABLE' }),
    StartDate: startDate ?? null,
    StateMachineArn: children.stateMachineArn,
    Status: status,
    StopDate: stopDate ?? null,
  };
}

function statusOf({ startDate, output, failure }: ChildRun): Status {
  if (output !== undefined) return 'SUCCEEDED';
  if (failure) return 'FAILED';
  return startDate ? 'ABORTED' : 'PENDING';
}

/** The content of a result file, in parts: the child executions that have one of the given statuses. */
function* serialized(
  children: ChildRuns,
  statuses: readonly Status[],
  { transformation, outputType }: ResultWriter,
): Generator<string> {
  const isJson = outputType === 'JSON';
  let before = isJson ? '[' : '';
  for (const child of childrenIn(children, ...statuses)) {
    for (const result of transformed(children, child, transformation)) {
      yield `${before}${jsonText(result)}${isJson ? '' : '\n'}`;
      before = isJson ? ',' : '';
    }
  }
  if (isJson) yield before === '[' ? '[]' : ']';
}

function writerFailure(cause: string): StatesError {
  return new StatesError('States.ResultWriterFailed', cause);
}
