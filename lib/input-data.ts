import type { DataLocation } from './data-location';
import type { TrainingChannel } from './tasks/training-job-definition';

/** How training containers receive data from Amazon S3. */
export enum InputMode {
  /** All data is copied to the instance before training starts. */
  FILE = 'File',
  /** Data looks like files and is fetched when it is read. */
  FAST_FILE = 'FastFile',
  /** Data is streamed through a named pipe. */
  PIPE = 'Pipe',
}

/** How the objects of a channel are spread over several training instances. */
export enum DataDistribution {
  /** Each instance receives all objects. */
  FULLY_REPLICATED = 'FullyReplicated',
  /** Each instance receives its share of the objects. */
  SHARDED_BY_S3_KEY = 'ShardedByS3Key',
}

/** Options of input data. */
export interface InputDataOptions {
  /**
   * Whether the objects are compressed with gzip (Pipe mode only).
   *
   * @default false
   */
  readonly gzip?: boolean;
  /**
   * How the training container receives the data.
   *
   * @default InputMode.FILE
   */
  readonly inputMode?: InputMode;
  /**
   * How the objects are spread over several instances.
   *
   * @default DataDistribution.FULLY_REPLICATED
   */
  readonly distribution?: DataDistribution;
}

/** Training or validation data in Amazon S3, with its format. */
export class InputData {
  /** CSV without a header; the label is the first column, and all columns are numbers. */
  static csv(location: DataLocation, options: InputDataOptions = {}): InputData {
    return new InputData(location, 'text/csv', options);
  }

  /** Lines of `label index:value index:value …`. */
  static libsvm(location: DataLocation, options: InputDataOptions = {}): InputData {
    return new InputData(location, 'text/libsvm', options);
  }

  /** Apache Parquet; the label is the first column. */
  static parquet(location: DataLocation, options: InputDataOptions = {}): InputData {
    return new InputData(location, 'application/x-parquet', options);
  }

  private constructor(
    /** Where the data is. */
    readonly location: DataLocation,
    /** The MIME type that tells the algorithm the format. */
    readonly contentType: string,
    /** @internal */
    readonly _options: InputDataOptions,
  ) {}

  /**
   * The data as a channel of a training job.
   *
   * @internal
   */
  _channel(channelName: string, s3Uri: string): TrainingChannel {
    return { channelName, s3Uri, contentType: this.contentType, ...this._options };
  }
}
