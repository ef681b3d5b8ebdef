import { StatesError } from '../errors';
import { isArray, isObject, type Json, type JsonObject, jsonText, parseExact } from '../json';
import type { MapState, ResultWriter } from '../types';
import { fill } from './data-flow';
import type { Frame } from './frame';
import type { Visit } from './visit';

/** A child execution of a Map Run and its result. */
export interface ChildRun {
  readonly arn: string;
  readonly name: string;
  readonly stateMachineArn: string;
  readonly input: Json;
  startDate?: Date;
  stopDate?: Date;
  /** Set if it succeeded. */
  output?: ChildOutput;
  /** Set if it failed. */
  failure?: StatesError;
}

/**
 * The output of a child execution. It is kept as JSON source if the results contain it in this form, because a Map
 * Run can have thousands of children.
 */
export type ChildOutput = { readonly json: Json } | { readonly text: string };

/** How the children of a Map keep their outputs. */
export function outputKeeper(writer: ResultWriter | undefined): (output: Json) => ChildOutput {
  const isText = writer?.target !== undefined && writer.transformation === 'NONE';
  return (json) => (isText ? { text: jsonText(json) } : { json });
}

function jsonOf(output: ChildOutput | undefined): Json {
  if (output === undefined) return null;
  return 'json' in output ? output.json : parseExact(output.text);
}

function textOf(output: ChildOutput): string {
  return 'json' in output ? jsonText(output.json) : output.text;
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

/** Combines the children's results into the Map Run's result, and writes them to S3 if requested. */
export async function collectResults(
  writer: ResultWriter | undefined,
  target: ResultTarget | undefined,
  mapRunArn: string,
  children: readonly ChildRun[],
  frame: Frame,
): Promise<Json> {
  if (!writer)
    return children.filter((child) => statusOf(child) === 'SUCCEEDED').map(({ output }) => jsonOf(output));
  if (!target) return children.flatMap((child) => transformed(child, writer.transformation));
  return writeResults(writer, target, mapRunArn, children, frame);
}

/**
 * Writes one file per outcome and a manifest that lists them, in a folder named after the Map Run, as shown
 * in the developer guide (ResultWriter).
 */
async function writeResults(
  writer: ResultWriter,
  { resource, bucket, prefix }: ResultTarget,
  mapRunArn: string,
  children: readonly ChildRun[],
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
  const files = async (kind: string, of: readonly ChildRun[]): Promise<Json> => {
    if (of.length === 0) return [];
    return [await put(`${kind}_0.${writer.outputType.toLowerCase()}`, serialized(of, writer))];
  };
  const having = (...statuses: Status[]) => children.filter((child) => statuses.includes(statusOf(child)));
  const manifest = {
    DestinationBucket: bucket,
    MapRunArn: mapRunArn,
    ResultFiles: {
      FAILED: await files('FAILED', having('FAILED', 'ABORTED')),
      PENDING: await files('PENDING', having('PENDING')),
      SUCCEEDED: await files('SUCCEEDED', having('SUCCEEDED')),
    },
  };
  await put('manifest.json', [jsonText(manifest)]);
  return {
    MapRunArn: mapRunArn,
    ResultWriterDetails: { Bucket: bucket, Key: `${folder}/manifest.json` },
  };
}

/** Children that did not succeed always keep their metadata. */
function transformed(child: ChildRun, transformation: ResultWriter['transformation']): readonly Json[] {
  if (transformation === 'NONE' || statusOf(child) !== 'SUCCEEDED') return [metadata(child)];
  const output = jsonOf(child.output);
  return transformation === 'FLATTEN' && isArray(output) ? output : [output];
}

/** The child as DescribeExecution returns it, with its data as JSON source. */
function metadata(child: ChildRun): JsonObject {
  const { arn, name, stateMachineArn, input, startDate, stopDate, output, failure } = child;
  const status = statusOf(child);
  const asked = { Input: jsonText(input), InputDetails: { Included: true } };
  if (status === 'PENDING') return { ...asked, Status: status };
  return {
    ...(failure?.cause !== undefined && { Cause: failure.cause }),
    ...(failure?.error !== undefined && { Error: failure.error }),
    ExecutionArn: arn,
    ...asked,
    Name: name,
    ...(output !== undefined && { Output: textOf(output), OutputDetails: { Included: true } }),
    RedriveCount: 0,
    ...(status === 'SUCCEEDED'
      ? {
          RedriveStatus: 'NOT_REDRIVABLE',
          RedriveStatusReason: 'Execution is SUCCEEDED and cannot be redriven',
        }
      : { RedriveStatus: 'REDRIVABLE' }),
    StartDate: startDate?.toISOString() ?? null,
    StateMachineArn: stateMachineArn,
    Status: status,
    StopDate: stopDate?.toISOString() ?? null,
  };
}

function statusOf({ startDate, output, failure }: ChildRun): Status {
  if (output !== undefined) return 'SUCCEEDED';
  if (failure) return 'FAILED';
  return startDate ? 'ABORTED' : 'PENDING';
}

/** The content of a file, in parts. */
function* serialized(
  children: readonly ChildRun[],
  { transformation, outputType }: ResultWriter,
): Generator<string> {
  const isJson = outputType === 'JSON';
  let before = isJson ? '[' : '';
  for (const child of children) {
    for (const result of transformed(child, transformation)) {
      yield `${before}${jsonText(result)}${isJson ? '' : '\n'}`;
      before = isJson ? ',' : '';
    }
  }
  if (isJson) yield before === '[' ? '[]' : ']';
}

function writerFailure(cause: string): StatesError {
  return new StatesError('States.ResultWriterFailed', cause);
}
