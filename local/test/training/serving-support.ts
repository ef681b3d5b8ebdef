import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BatchSettings, TransformTask } from '../../src/training';
import type { ModelServer } from '../../src/training/model-server';
import { failureReason, temporaryFolder } from './support';

/** The settings for CSV that is split into lines. All other settings are SageMaker's defaults. */
export const CSV_LINES: BatchSettings = {
  contentType: 'text/csv',
  isGzip: false,
  splitsLines: true,
  isSingleRecord: false,
  maxPayloadBytes: 6 << 20,
  endsLines: true,
  joinsInput: false,
  inputFilter: [],
  outputFilter: [],
  leftToModel: ['maxPayloadBytes', 'isSingleRecord'],
  invocationSeconds: 20,
};

export interface Transformed {
  /** The output for each input file. Undefined for a file without output. */
  readonly outputs: readonly (string | undefined)[];
  readonly status: string;
  /** The failure reason. Empty if the job did not fail. */
  readonly reason: string;
  readonly log: string;
}

/** The members of a transform task that a test can change. */
export type TaskChanges = Partial<Omit<TransformTask, 'batch'>> & {
  readonly batch?: Partial<BatchSettings>;
};

/** Python base class for the request handler of a model server. Subclasses need `do_GET` and `do_POST`. */
export const MODEL_HANDLER = `
import http.server

class ModelHandler(http.server.BaseHTTPRequestHandler):
    def answer(self, status, body):
        self.send_response(status)
        self.send_header("Content-Type", "text/csv")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass
`;

/** Runs a transform job on input files that have these contents. */
export async function transformFiles(
  server: ModelServer | undefined,
  contents: readonly (string | Buffer)[],
  { batch, ...changes }: TaskChanges & { readonly image: string },
): Promise<Transformed> {
  const workFolder = temporaryFolder();
  const log: string[] = [];
  const files = contents.map((content, at) => {
    const path = join(workFolder, `${at}.csv`);
    writeFileSync(path, content);
    return { path, name: `part/${at}.csv` };
  });
  const outcome = await server?.transform({
    transformJobName: 'transform-1',
    region: 'us-east-1',
    environment: {},
    objectFile: (uri) => {
      throw new Error(`no object ${uri}`);
    },
    files,
    workFolder,
    threads: 1,
    signal: new AbortController().signal,
    onStart: () => undefined,
    ...changes,
    batch: { ...CSV_LINES, ...batch },
    onLog: (line) => {
      log.push(line);
      changes.onLog?.(line);
    },
  });
  const outputOf = (at: number) => join(workFolder, 'output', String(at));
  return {
    outputs: files.map((_, at) =>
      existsSync(outputOf(at)) ? readFileSync(outputOf(at), 'utf8') : undefined,
    ),
    status: outcome?.status ?? 'no server',
    reason: outcome?.status === 'Failed' ? failureReason(outcome) : '',
    log: log.join('\n'),
  };
}
