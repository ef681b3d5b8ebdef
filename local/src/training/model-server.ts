import type { ChannelFile, TrainingOutcome } from './job-types';

/** A container of a model, as far as CreateModel tells it: what decides which server runs it. */
export interface ServedModel {
  /** The image URI; a server takes the framework and its version from it. */
  readonly image: string;
  /** Environment variables of the container; for a transform job, with those of the job. */
  readonly environment: Readonly<Record<string, string>>;
}

/** One step of a filter's JSONPath: of an object, of an array, or everything in either. */
export type PathStep =
  | { readonly names: readonly string[] }
  | { readonly items: readonly (number | readonly [start: number | null, end: number | null])[] }
  | { readonly every: true };

/** How requests are made of the input files, and the output files of the responses. */
export interface BatchSettings {
  readonly contentType?: string;
  readonly accept?: string;
  readonly isGzip: boolean;
  readonly splitsLines: boolean;
  readonly isSingleRecord: boolean;
  /** Most bytes of a request; 0 for any number. */
  readonly maxPayloadBytes: number;
  /** Whether each record of the output is a line. */
  readonly endsLines: boolean;
  readonly joinsInput: boolean;
  /** The steps of the filters; a filter without a step takes everything. */
  readonly inputFilter: readonly PathStep[];
  readonly outputFilter: readonly PathStep[];
}

/** A batch transform as the training side sees it: everything is on this machine already. */
export interface TransformTask extends ServedModel {
  /** The archive with the model; a model may have none. */
  readonly modelArchive?: string;
  readonly files: readonly ChannelFile[];
  readonly batch: BatchSettings;
  /**
   * Folder of the job's own, empty: the output of the file number n is `output/<n>` below it. Only files that were
   * transformed as a whole have one.
   */
  readonly workFolder: string;
  /** Threads the job may use. */
  readonly threads: number;
  readonly signal: AbortSignal;
  /** To be called once, when the transform begins. */
  readonly onStart: () => void;
  /** Takes each line of the job's log. */
  readonly onLog: (line: string) => void;
}

/** Runs the models of the images that it knows. */
export interface ModelServer {
  /** What the server runs, for messages. */
  readonly images: string;
  accepts(model: ServedModel): boolean;
  /** Runs a model over files. Never throws for a failure of the model. */
  transform(task: TransformTask): Promise<TrainingOutcome>;
}

/** Makes one server of several: each model is for the first that accepts it. */
export function combineServers(servers: readonly ModelServer[]): ModelServer {
  const images = servers.map((server) => server.images).join('; ') || 'none';
  const find = (model: ServedModel) => servers.find((server) => server.accepts(model));
  return {
    images,
    accepts: (model) => find(model) !== undefined,
    async transform(task) {
      const server = find(task);
      if (server === undefined) {
        throw new Error(`local mode cannot run a model with the image "${task.image}". It runs ${images}`);
      }
      return server.transform(task);
    },
  };
}
