import { execFile, execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** A JSON object in a request or response. */
export type Wire = Record<string, unknown>;

export interface WireCall {
  readonly operation: string;
  readonly input: Wire;
}

export interface WireServer {
  readonly endpoint: string;
  readonly calls: WireCall[];
  close(): Promise<void>;
}

/** An error response of a service. */
export class WireError extends Error {
  constructor(
    readonly type: string,
    message: string,
  ) {
    super(message);
  }
}

/** The environment that SDK clients need in addition to an endpoint. */
export const ENVIRONMENT = {
  AWS_REGION: 'eu-west-1',
  AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
  AWS_SECRET_ACCESS_KEY: 'example',
  // Silences the SDK's warning about the end of support for Node.js 20.
  AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
};

/** Serves operations of SageMaker over JSON 1.1. */
export function startSageMaker(
  operations: Readonly<Record<string, (input: Wire) => Wire>>,
): Promise<WireServer> {
  return serve(async (request, calls) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    const operation = String(request.headers['x-amz-target']).replace('SageMaker.', '');
    const input = JSON.parse(body) as Wire;
    calls.push({ operation, input });
    const type = 'application/x-amz-json-1.1';
    try {
      const answer = operations[operation]?.(input);
      if (!answer) throw new WireError('UnknownOperationException', operation);
      return { status: 200, type, body: JSON.stringify(answer) };
    } catch (error) {
      if (!(error instanceof WireError)) throw error;
      return { status: 400, type, body: JSON.stringify({ __type: error.type, message: error.message }) };
    }
  });
}

/**
 * Serves one bucket over S3's REST protocol: lists, reads and writes objects. The objects can have modification dates.
 *
 * @param isCut whether the connection breaks before the last byte of each object
 */
export function startS3(
  bucket: string,
  objects: Readonly<Record<string, string | Buffer>>,
  pageSize = 2,
  modified: Readonly<Record<string, string>> = {},
  isCut = false,
): Promise<WireServer> {
  return serve(async (request, calls) => {
    const url = new URL(request.url ?? '/', 'http://localhost');
    const [, name, ...rest] = decodeURIComponent(url.pathname).split('/');
    const key = rest.join('/');
    const type = 'application/xml';
    const failure = (status: number, code: string) => ({
      status,
      type,
      body: `<Error><Code>${code}</Code><Message>${code}</Message></Error>`,
    });
    if (name !== bucket) return failure(404, 'NoSuchBucket');
    if (request.method === 'PUT') {
      let text = '';
      for await (const chunk of request) text += chunk;
      const kmsKey = request.headers['x-amz-server-side-encryption-aws-kms-key-id'];
      calls.push({
        operation: 'PutObject',
        input: { Key: key, Body: text, ...(kmsKey && { KmsKey: kmsKey }) },
      });
      return { status: 200, type, body: '' };
    }
    if (key !== '') {
      calls.push({ operation: 'GetObject', input: { Key: key } });
      const body = objects[key];
      return body === undefined ? failure(404, 'NoSuchKey') : { status: 200, type: 'text/csv', body, isCut };
    }
    const prefix = url.searchParams.get('prefix') ?? '';
    calls.push({ operation: 'ListObjectsV2', input: { Prefix: prefix } });
    // Small pages, so that a list spans several pages.
    const delimiter = url.searchParams.get('delimiter') ?? '\0';
    const upToDelimiter = (found: string): string => {
      const end = found.indexOf(delimiter, prefix.length);
      return end < 0 ? found : found.slice(0, end + 1);
    };
    const found = Object.keys(objects).filter((candidate) => candidate.startsWith(prefix));
    const keys = [...new Set(found.map(upToDelimiter))].sort();
    const start = Number(url.searchParams.get('continuation-token') ?? 0);
    const next = start + pageSize < keys.length ? start + pageSize : undefined;
    const contents = keys
      .slice(start, start + pageSize)
      .map((entry) =>
        entry in objects
          ? `<Contents><Key>${entry}</Key><ETag>"${md5(objects[entry])}"</ETag><Size>${Buffer.byteLength(objects[entry] ?? '')}</Size><LastModified>${modified[entry] ?? '2026-11-29T10:00:00.000Z'}</LastModified></Contents>`
          : `<CommonPrefixes><Prefix>${entry}</Prefix></CommonPrefixes>`,
      );
    return {
      status: 200,
      type,
      body: `<ListBucketResult><Name>${bucket}</Name><IsTruncated>${next !== undefined}</IsTruncated>${contents.join('')}${next === undefined ? '' : `<NextContinuationToken>${next}</NextContinuationToken>`}</ListBucketResult>`,
    };
  });
}

function md5(content: string | Buffer = ''): string {
  return createHash('md5').update(content).digest('hex');
}

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string | Buffer;
  /** Whether the connection breaks before the last byte. @default false */
  readonly isCut?: boolean;
}

async function serve(
  answer: (request: IncomingMessage, calls: WireCall[]) => Promise<Answer>,
): Promise<WireServer> {
  const calls: WireCall[] = [];
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    answer(request, calls).then(
      ({ status, type, body, isCut }) => {
        response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(body) });
        if (isCut) response.write(Buffer.from(body).subarray(0, -1), () => response.destroy());
        else response.end(body);
      },
      (error) => response.destroy(error),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

const LAMBDA = join(__dirname, '../../lambda');

/** Returns the path of a function's bundle. Builds outdated bundles, because `npx jest` does not build them. */
export function bundleOf(name: string): string {
  const source = join(LAMBDA, name);
  const bundle = join(source, 'bundle/index.js');
  const sources = [source, join(LAMBDA, 'shared'), join(LAMBDA, '../local/src/failure-reasons')];
  const newest = Math.max(
    ...sources
      .flatMap((folder) => readdirSync(folder).map((file) => join(folder, file)))
      .filter((file) => file.endsWith('.ts'))
      .map((file) => statSync(file).mtimeMs),
  );
  if (!existsSync(bundle) || statSync(bundle).mtimeMs < newest) {
    execFileSync(process.execPath, [join(LAMBDA, 'bundle.mjs')]);
  }
  return bundle;
}

/** Calls a bundled handler as Lambda does, in a separate process. An error has the name that Lambda would report. */
export async function invokeBundle(
  name: string,
  event: unknown,
  environment: Record<string, string>,
  // biome-ignore lint/suspicious/noExplicitAny: the test asserts the type of the result
): Promise<{ result?: any; type?: string; message?: string }> {
  const script = `console.info = console.warn = () => {};
    require(process.argv[1]).handler(JSON.parse(process.argv[2]))
    .then((result) => ({ result }), (error) => ({ type: error.name, message: error.message }))
    .then((answer) => process.stdout.write(JSON.stringify(answer)))`;
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['-e', script, bundleOf(name), JSON.stringify(event)],
    { env: { ...ENVIRONMENT, ...environment } },
  );
  return JSON.parse(stdout);
}
