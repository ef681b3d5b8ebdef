import type { DataLocation } from './data-location';
import { DATA_LOCATION } from './private/aws-shapes';
import { flag, list, type Members, oneOf, optional, requireShape, struct, text } from './private/shape';
import type { TrainingChannel } from './tasks/training-job-definition';

/** How training containers receive data from Amazon S3. */
export enum TrainingInputMode {
  /** SageMaker copies all data to the instance before training starts. */
  FILE = 'File',
  /** The container sees the data as files. SageMaker streams their content from Amazon S3 as the container reads them. */
  FAST_FILE = 'FastFile',
  /** SageMaker streams the data through a named pipe. */
  PIPE = 'Pipe',
}

/** How the objects of a channel are distributed among several training instances. */
export enum DataDistribution {
  /** Each instance receives all objects. */
  FULLY_REPLICATED = 'FullyReplicated',
  /** Each instance receives its share of the objects. */
  SHARDED_BY_S3_KEY = 'ShardedByS3Key',
}

/** Options for input data. */
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
   * How the objects are distributed among several instances.
   *
   * @default DataDistribution.FULLY_REPLICATED
   */
  readonly distribution?: DataDistribution;
  /**
   * Names of the instance groups that receive the data, if the training resources have instance groups.
   *
   * @default - all instance groups
   */
  readonly instanceGroups?: string[];
}

/** Options for CSV data. */
export interface CsvDataOptions extends InputDataOptions {
  /**
   * Whether the first column is the label. Set it to false for unsupervised algorithms, which read all columns as features.
   *
   * @default true
   */
  readonly labeled?: boolean;
}

/** Options for data in any format. */
export interface AnyDataOptions extends InputDataOptions {
  /**
   * MIME type that tells the container the format.
   *
   * @default - no MIME type; the container determines the format
   */
  readonly contentType?: string;
}

/** Options for data in a directory of a file system. */
export interface FileSystemOptions {
  /** ID of the file system: `fs-` and hexadecimal digits. */
  readonly fileSystemId: string;
  /** Full path of the directory. For FSx for Lustre, it begins with the mount name. */
  readonly directoryPath: string;
  /**
   * MIME type that tells the container the format.
   *
   * @default - no MIME type; the container determines the format
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
    labeled: optional(flag),
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

/** Training or validation data and its format. */
export class InputData {
  /**
   * CSV without a header. The label is the first column, and all columns are numbers.
   *
   * @param location a file or a key prefix
   * @param options the label, and how the training container receives the data
   */
  static csv(location: DataLocation, options: CsvDataOptions = {}): InputData {
    requireShape('InputData.csv', DATA, { location, options });
    const { labeled = true, ...rest } = options;
    return new InputData(location, labeled ? 'text/csv' : 'text/csv;label_size=0', rest);
  }

  /**
   * LIBSVM: lines of the form `label index:value index:value …`.
   *
   * @param location a file or a key prefix
   * @param options how the training container receives the data
   */
  static libsvm(location: DataLocation, options: InputDataOptions = {}): InputData {
    requireShape('InputData.libsvm', DATA, { location, options });
    return new InputData(location, 'text/libsvm', options);
  }

  /**
   * Apache Parquet. The label is the first column.
   *
   * @param location a file or a key prefix
   * @param options how the training container receives the data
   */
  static parquet(location: DataLocation, options: InputDataOptions = {}): InputData {
    requireShape('InputData.parquet', DATA, { location, options });
    return new InputData(location, 'application/x-parquet', options);
  }

  /**
   * RecordIO-protobuf, a format of SageMaker's built-in algorithms.
   *
   * @param location a file or a key prefix
   * @param options how the training container receives the data
   */
  static recordIoProtobuf(location: DataLocation, options: InputDataOptions = {}): InputData {
    requireShape('InputData.recordIoProtobuf', DATA, { location, options });
    return new InputData(location, 'application/x-recordio-protobuf', options);
  }

  /**
   * Data in any format, for scripts and containers.
   *
   * @param location a file or a key prefix
   * @param options the content type, and how the training container receives the data
   */
  static of(location: DataLocation, options: AnyDataOptions = {}): InputData {
    requireShape('InputData.of', DATA, { location, options });
    const { contentType, ...rest } = options;
    return new InputData(location, contentType, rest);
  }

  /**
   * A directory in Amazon EFS, mounted read-only. The `vpc` property must be the VPC of the file system, and a security
   * group must allow the containers to reach the file system.
   *
   * @param options the file system and the directory
   *
   * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_FileSystemDataSource.html
   */
  static efs(options: FileSystemOptions): InputData {
    requireShape('InputData.efs', FILE_SYSTEM, { options });
    return new InputData(undefined, options.contentType, {}, { ...options, type: FileSystemType.EFS });
  }

  /**
   * A directory in Amazon FSx for Lustre, mounted read-only. The `vpc` property must be the VPC of the file system, and
   * a security group must allow the containers to reach the file system.
   *
   * @param options the file system and the directory
   *
   * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_FileSystemDataSource.html
   */
  static fsxLustre(options: FileSystemOptions): InputData {
    requireShape('InputData.fsxLustre', FILE_SYSTEM, { options });
    return new InputData(undefined, options.contentType, {}, { ...options, type: FileSystemType.FSX_LUSTRE });
  }

  private constructor(
    /** Location of the data in Amazon S3; undefined for data in a file system. */
    readonly location: DataLocation | undefined,
    /** The MIME type that tells the container the format; undefined if the container determines the format. */
    readonly contentType: string | undefined,
    /** @internal */
    readonly _options: InputDataOptions,
    /** @internal */
    readonly _fileSystem?: FileSystemOptions & { readonly type: FileSystemType },
  ) {}

  /**
   * The data as a channel of a training job.
   *
   * @param s3Uri URI or expression for the location of the data in Amazon S3; by default, `location`
   * @internal
   */
  _channel(channelName: string, s3Uri = this.location?.uri): TrainingChannel {
    const { contentType, _options } = this;
    if (!this._fileSystem) return { channelName, s3Uri, contentType, ..._options };
    const { fileSystemId, directoryPath, type: fileSystemType } = this._fileSystem;
    return { channelName, contentType, fileSystem: { fileSystemId, directoryPath, fileSystemType } };
  }
}
