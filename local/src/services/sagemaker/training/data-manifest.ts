import { isRecord } from '../../../assembly/template';
import { type AwsError, validationError } from '../../aws-error';

/** An object that a manifest lists. */
export interface ManifestEntry {
  readonly uri: string;
  /** Path in the channel's folder. */
  readonly name: string;
}

/**
 * Reads the manifest of a channel (`S3DataType: ManifestFile`): a JSON list with an object `{"prefix":
 * "s3://…"}`, followed by the rest of each object's URI.
 *
 * @throws AwsError when the manifest is invalid; `what` names the manifest in the message
 */
export function readManifest(text: string, what: string): ManifestEntry[] {
  const [first, ...rest] = parseList(text, what);
  const prefix = isRecord(first) ? first['prefix'] : undefined;
  if (typeof prefix !== 'string' || rest.length === 0) {
    throw invalid(what, 'expected a list with {"prefix": "s3://…"}, followed by at least one object');
  }
  return rest.map((suffix) => {
    if (typeof suffix !== 'string') {
      throw invalid(
        what,
        `expected the rest of an object's URI after the prefix, got ${JSON.stringify(suffix)}`,
      );
    }
    const name = suffix.replace(/^\/+/, '');
    if (name.split('/').some((part) => ['', '.', '..'].includes(part))) {
      throw invalid(what, `${JSON.stringify(suffix)} is not a file path`);
    }
    return { uri: `${prefix}${suffix}`, name };
  });
}

function parseList(text: string, what: string): unknown[] {
  try {
    const value: unknown = JSON.parse(text);
    if (Array.isArray(value)) {
      return value;
    }
  } catch (error) {
    throw invalid(what, `not JSON: ${(error as Error).message}`);
  }
  throw invalid(what, 'expected a JSON list');
}

function invalid(what: string, problem: string): AwsError {
  return validationError(`${what}: ${problem}`);
}
