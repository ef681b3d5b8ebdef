import { isArray, isObject } from '../json';
import { parseJson, UnreadableItems } from './item-formats';

/** The objects that a manifest lists, and how to read them. */
export interface Manifest {
  readonly objects: readonly { readonly bucket: string; readonly key: string }[];
  /** Column names of the objects, if they are in the manifest. */
  readonly csvHeaders?: readonly string[];
}

/**
 * Reads `manifest.json` of an S3 Inventory. The files that it lists must be CSV.
 *
 * @throws UnreadableItems when the text is not a valid manifest
 */
export function readInventoryManifest(text: string): Manifest {
  const manifest = parseJson(text);
  if (!isObject(manifest)) throw new UnreadableItems('The manifest is not a JSON object.');
  const { fileFormat, fileSchema, destinationBucket, files } = manifest;
  if (fileFormat !== 'CSV') throw new UnreadableItems(`An inventory must be CSV, not ${String(fileFormat)}.`);
  if (typeof fileSchema !== 'string' || typeof destinationBucket !== 'string' || !isArray(files)) {
    throw new UnreadableItems('The manifest must have fileSchema, destinationBucket and files.');
  }
  const bucket = destinationBucket.replace(/^arn:[^:]+:s3:::/, '');
  return {
    objects: files.map((file) => {
      if (!isObject(file) || typeof file['key'] !== 'string')
        throw new UnreadableItems("A file of the manifest has no 'key'.");
      return { bucket, key: file['key'] };
    }),
    csvHeaders: fileSchema.split(',').map((name) => name.trim()),
  };
}

/**
 * Reads the manifest of an Athena UNLOAD, which has one S3 URI per line.
 *
 * @throws UnreadableItems when the text is not a valid manifest
 */
export function readAthenaManifest(text: string): Manifest {
  const uris = text.split(/\r?\n/).filter((line) => line.trim() !== '');
  return {
    objects: uris.map((uri) => {
      const [, bucket, key] = /^s3:\/\/([^/]+)\/(.+)$/.exec(uri.trim()) ?? [];
      if (bucket === undefined || key === undefined) throw new UnreadableItems(`'${uri}' is not an S3 URI.`);
      return { bucket, key };
    }),
  };
}
