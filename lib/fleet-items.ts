import type { DataLocation } from './data-location';
import { DATA_LOCATION } from './private/aws-shapes';
import { requireShape, struct } from './private/shape';

/**
 * The list of the items of a `TuningFleet`, in Amazon S3. It is read when an execution starts.
 *
 * An item has an `id`, and can have any field of the input of `TuningFragment`, such as `train`, `validation`,
 * `hyperparameters` and `maxTrainingJobs`.
 *
 * - `id`: a string of 1 to 128 characters, or a number. It must be unique in the list, ignoring letter case.
 * - Maximum size of the list: 100,000 items and 128 MiB (32 MiB for a JSON array), including the input's `defaults`.
 */
export class FleetItems {
  /**
   * A CSV file with a header. Its columns are the fields of the items. An empty value leaves a field out.
   *
   * A column `hyperparameters.<name>` sets one hyperparameter. `warmStartFrom` has names separated by spaces. For
   * other fields whose values are objects, use another format: CSV does not support such fields.
   *
   * @param location the file
   */
  static csv(location: DataLocation): FleetItems {
    return FleetItems.of('csv', location, 'CSV');
  }

  /**
   * A file with one JSON object in each line.
   *
   * @param location the file
   */
  static jsonLines(location: DataLocation): FleetItems {
    return FleetItems.of('jsonLines', location, 'JSON_LINES');
  }

  /**
   * A file with a JSON array of objects.
   *
   * @param location the file
   */
  static json(location: DataLocation): FleetItems {
    return FleetItems.of('json', location, 'JSON');
  }

  /**
   * One item for each folder directly below a prefix, such as `stores/`. The name of the folder is the `id`. The folder
   * has the subfolders `train/` and, if the fleet uses validation and test data, `validation/` and `test/`. If the
   * properties of the fleet or `defaults` give this data for all items, items without a subfolder use the shared data.
   *
   * @param location the prefix, with a trailing `/`
   */
  static folders(location: DataLocation): FleetItems {
    return FleetItems.of('folders', location, 'FOLDERS');
  }

  private static of(method: string, location: DataLocation, format: FleetItems['_format']): FleetItems {
    requireShape(`FleetItems.${method}`, struct({ location: DATA_LOCATION }), { location });
    return new FleetItems(format, location);
  }

  private constructor(
    /** @internal */
    readonly _format: 'CSV' | 'JSON_LINES' | 'JSON' | 'FOLDERS',
    /** @internal */
    readonly _location: DataLocation,
  ) {}
}
