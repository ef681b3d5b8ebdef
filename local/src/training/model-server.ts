import { firstAcceptor } from './first-acceptor';
import type { ChannelFile, TrainingOutcome } from './job-types';

/** A model's container, as specified in CreateModel. Determines which server runs the model. */
export interface ServedModel {
  /** Image URI, from which a server derives the framework and its version. */
  readonly image: string;
  /** Environment variables of the container. In a transform job, they include the job's variables. */
  readonly environment: Readonly<Record<string, string>>;
  /** Whether the container is isolated from the network. @default false */
  readonly networkIsolation?: boolean;
}

/** One step of a filter's JSONPath: some members of an object, some items of an array, or all values. */
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
  /**
   * Settings that the request does not specify. If the model chooses no values for these settings, the values in this
   * object apply.
   *
   * @default none
   */
  readonly leftToModel?: readonly ('maxPayloadBytes' | 'isSingleRecord')[];
  /** Timeout of a request in seconds. @default - 600, as on SageMaker */
  readonly invocationSeconds?: number;
}

/** A transform job, as a model server receives it. All its data is on this machine. */
export interface TransformTask extends ServedModel {
  readonly transformJobName: string;
  /** Region of the model's AWS clients. @default - none */
  readonly region?: string;
  /**
   * Returns the local file of an S3 object. Throws if the model's role may not read the object.
   *
   * @default - the model reads only its archive
   */
  readonly objectFile?: (s3Uri: string) => string;
  /** The model archive; undefined if the model has none. */
  readonly modelArchive?: string;
  readonly files: readonly ChannelFile[];
  readonly batch: BatchSettings;
  /**
   * Empty working folder of the job. The server writes the output of file number n to `output/<n>` in this folder,
   * but only if it transformed the whole file.
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
  /** Description of the models that the server runs, for error messages. */
  readonly images: string;
  accepts(model: ServedModel): boolean;
  /** Why local mode cannot run this model; undefined if there is no such reason. */
  refusal?(model: ServedModel): string | undefined;
  /** Runs a transform job. A failure of the model is an outcome, not an exception. */
  transform(task: TransformTask): Promise<TrainingOutcome>;
}

/**
 * Combines several servers. The first server that accepts a model runs it, unless an earlier one explains why
 * local mode cannot run the model.
 */
export function combineServers(servers: readonly ModelServer[]): ModelServer {
  const images = servers.map((server) => server.images).join('; ') || 'none';
  const find = (model: ServedModel) =>
    firstAcceptor(
      servers,
      model,
      `local mode cannot run a model with the image "${model.image}". It runs ${images}`,
    );
  return {
    images,
    accepts: (model) => find(model).acceptor !== undefined,
    refusal: (model) => find(model).refusal,
    async transform(task) {
      const { acceptor, refusal } = find(task);
      if (acceptor === undefined) throw new Error(refusal);
      return acceptor.transform(task);
    },
  };
}
