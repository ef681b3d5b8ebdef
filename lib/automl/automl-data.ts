import type { DataLocation } from '../data-location';
import { DATA_LOCATION } from '../private/aws-shapes';
import { flag, optional, requireShape, struct } from '../private/shape';

/** Options for CSV files for AutoML. */
export interface AutoMlCsvOptions {
  /**
   * Whether the files are compressed with gzip.
   *
   * @default false
   */
  readonly gzip?: boolean;
}

const CSV = struct({
  location: DATA_LOCATION,
  options: struct<AutoMlCsvOptions>({ gzip: optional(flag) }),
});

/** Tabular data for AutoML in Amazon S3, and its format. */
export class AutoMlData {
  /**
   * Comma-separated CSV files. Each file has a header with the column names. Text, dates and missing values are supported.
   *
   * @param location a file or a folder
   * @param options whether the files are compressed
   */
  static csv(location: DataLocation, options: AutoMlCsvOptions = {}): AutoMlData {
    requireShape('AutoMlData.csv', CSV, { location, options });
    return new AutoMlData(location, 'text/csv;header=present', options.gzip ? 'Gzip' : 'None');
  }

  /**
   * Apache Parquet files.
   *
   * @param location a file or a folder
   */
  static parquet(location: DataLocation): AutoMlData {
    requireShape('AutoMlData.parquet', struct({ location: DATA_LOCATION }), { location });
    return new AutoMlData(location, 'x-application/vnd.amazon+parquet', 'None');
  }

  private constructor(
    /** Location of the data. */
    readonly location: DataLocation,
    /** Format of the data, as in the SageMaker API. */
    readonly contentType: string,
    /** `None` or `Gzip`, as in the SageMaker API. */
    readonly compressionType: string,
  ) {}
}
