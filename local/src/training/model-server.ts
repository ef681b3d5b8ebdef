import type { ChannelFile, TrainingOutcome } from './job-types';

/** A model's container, as specified in CreateModel. Determines which server runs the model. */
export interface ServedModel {
  /** Image URI, from which a server derives the framework and its version. */
  readonly image: string;
  /** Environment variables of the container. In a transform job, they include the job's variables. */
  readonly environment: Readonly<Record<string, string>>;
}

/** One step of a filter's JSONPath: members of an object, items of an array, or all values of either. */
export type PathStep =
  | { readonly names: readonly string[] }
  | { readonly items: readonly (number | readonly [start: number | null, end: number | null])[] }
  | { readonly every: true };

/** How input files are split into requests, and how responses are combined into output files. */
export interface BatchSettings {
  readonly contentType?: string;
  readonly accept?: string;
  readonly isGzip: boolean;
  readonly splitsLines: boolean;
  readonly isSingleRecord: boolean;
  /** Maximum size of a request in bytes; 0 for no limit. */
  readonly maxPayloadBytes: number;
  /** Whether each output record ends with a line break. */
  readonly endsLines: boolean;
  readonly joinsInput: boolean;
  /** The steps of the filters. A filter without steps selects everything. */
  readonly inputFilter: readonly PathStep[];
  readonly outputFilter: readonly PathStep[];
}

/** A transform job, as a model server receives it. All its data is on this machine. */
export interface TransformTask extends ServedModel {
  /** The model archive; undefined if the model has none. */
  readonly modelArchive?: string;
  readonly files: readonly ChannelFile[];
  readonly batch: BatchSettings;
  /**
   * Empty working folder of the job. The output of file number n is `output/<n>` in it, written only if the
   * whole file was transformed.
   */
  readonly workFolder: string;
  /** Number of threads that the job may use. */
  readonly threads: number;
  readonly signal: AbortSignal;
  /** Called once, when the transform starts. */
  readonly onStart: () => void;
  /** Receives each line of the job's log. */
  readonly onLog: (line: string) => void;
}

/** Runs models with certain images on this machine. */
export interface ModelServer {
  /** Describes what the server runs, for messages. */
  readonly images: string;
  accepts(model: ServedModel): boolean;
  /** Runs a transform job. A failure of the model is an outcome, not an exception. */
  transform(task: TransformTask): Promise<TrainingOutcome>;
}

/** Combines several servers. The first one that accepts a model runs it. */
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
