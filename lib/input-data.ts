import type { DataLocation } from './data-location';
import { DATA_LOCATION } from './private/aws-shapes';
import { flag, list, type Members, oneOf, optional, requireShape, struct, text } from './private/shape';
import type { TrainingChannel } from './tasks/training-job-definition';

/** How training containers receive data from Amazon S3. */
export enum TrainingInputMode {
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
   * @default TrainingInputMode.FILE
   */
  readonly inputMode?: TrainingInputMode;
  /**
   * How the objects are spread over several instances.
   *
   * @default DataDistribution.FULLY_REPLICATED
   */
  readonly distribution?: DataDistribution;
  /**
   * Groups of instances that receive the data, where the training instances are in groups.
   *
   * @default - all
   */
  readonly instanceGroups?: string[];
}

/** Options of CSV data. */
export interface CsvDataOptions extends InputDataOptions {
  /**
   * Whether the first column is the label; algorithms that learn without labels read all columns as features.
   *
   * @default true
   */
  readonly labelled?: boolean;
}

/** Options of data of any format. */
export interface AnyDataOptions extends InputDataOptions {
  /**
   * MIME type that tells the container the format.
   *
   * @default - none: the container decides
   */
  readonly contentType?: string;
}

/** A directory of a file system that is in the VPC of the training containers. */
export interface FileSystemOptions {
  /** ID of the file system, `fs-` and hexadecimal digits. */
  readonly fileSystemId: string;
  /** Full path of the directory; for FSx for Lustre it begins with the mount name. */
  readonly directoryPath: string;
  /**
   * MIME type that tells the container the format.
   *
   * @default - none: the container decides
   */
  readonly contentType?: string;
}

/** Kinds of file systems that SageMaker reads. */
export enum FileSystemType {
  /** Amazon EFS. */
  EFS = 'EFS',
  /** Amazon FSx for Lustre. */
  FSX_LUSTRE = 'FSxLustre',
}

const OPTIONS: Members<InputDataOptions> = {
  gzip: optional(flag),
  inputMode: optional(oneOf(TrainingInputMode)),
  distribution: optional(oneOf(DataDistribution)),
  instanceGroups: optional(list(text)),
};

const DATA = struct({
  location: DATA_LOCATION,
  options: struct<CsvDataOptions & AnyDataOptions>({
    ...OPTIONS,
    labelled: optional(flag),
    contentType: optional(text),
  }),
});

const FILE_SYSTEM = struct({
  options: struct<FileSystemOptions>({
    fileSystemId: text,
    directoryPath: text,
    contentType: optional(text),
  }),
});

/** Training or validation data, with its format. */
export class InputData {
  /** CSV without a header; the label is the first column, and all columns are numbers. */
  static csv(location: DataLocation, options: CsvDataOptions = {}): InputData {
    requireShape('InputData.csv', DATA, { location, options });
    const { labelled = true, ...rest } = options;
    return new InputData(location, labelled ? 'text/csv' : 'text/csv;label_size=0', rest);
  }

  /** Lines of `label index:value index:value …`. */
  static libsvm(location: DataLocation, options: InputDataOptions = {}): InputData {
    requireShape('InputData.libsvm', DATA, { location, options });
    return new InputData(location, 'text/libsvm', options);
  }

  /** Apache Parquet; the label is the first column. */
  static parquet(location: DataLocation, options: InputDataOptions = {}): InputData {
    requireShape('InputData.parquet', DATA, { location, options });
    return new InputData(location, 'application/x-parquet', options);
  }

  /** SageMaker's RecordIO of protocol buffers, as its own algorithms read it. */
  static recordIoProtobuf(location: DataLocation, options: InputDataOptions = {}): InputData {
    requireShape('InputData.recordIoProtobuf', DATA, { location, options });
    return new InputData(location, 'application/x-recordio-protobuf', options);
  }

  /** Data of any format, for scripts and containers. */
  static of(location: DataLocation, options: AnyDataOptions = {}): InputData {
    requireShape('InputData.of', DATA, { location, options });
    const { contentType, ...rest } = options;
    return new InputData(location, contentType, rest);
  }

  /**
   * A directory in Amazon EFS, mounted read-only. Needs the VPC of the file system (`vpc`), and a security group that
   * may reach it.
   *
   * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_FileSystemDataSource.html
   */
  static efs(options: FileSystemOptions): InputData {
    requireShape('InputData.efs', FILE_SYSTEM, { options });
    return new InputData(undefined, options.contentType, {}, { ...options, type: FileSystemType.EFS });
  }

  /**
   * A directory in Amazon FSx for Lustre, mounted read-only. Needs the VPC of the file system (`vpc`), and a security
   * group that may reach it.
   *
   * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_FileSystemDataSource.html
   */
  static fsxLustre(options: FileSystemOptions): InputData {
    requireShape('InputData.fsxLustre', FILE_SYSTEM, { options });
    return new InputData(undefined, options.contentType, {}, { ...options, type: FileSystemType.FSX_LUSTRE });
  }

  private constructor(
    /** Where the data is in Amazon S3; undefined where it is in a file system. */
    readonly location: DataLocation | undefined,
    /** The MIME type that tells the algorithm the format; undefined where the container decides. */
    readonly contentType: string | undefined,
    /** @internal */
    readonly _options: InputDataOptions,
    /** @internal */
    readonly _fileSystem?: FileSystemOptions & { readonly type: FileSystemType },
  ) {}

  /**
   * The data as a channel of a training job.
   *
   * @param s3Uri where the data is, in Amazon S3: its own location or an expression
   * @internal
   */
  _channel(channelName: string, s3Uri = this.location?.uri): TrainingChannel {
    const { contentType, _options } = this;
    if (!this._fileSystem) return { channelName, s3Uri, contentType, ..._options };
    const { fileSystemId, directoryPath, type: fileSystemType } = this._fileSystem;
    return { channelName, contentType, fileSystem: { fileSystemId, directoryPath, fileSystemType } };
  }
}
