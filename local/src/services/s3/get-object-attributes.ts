import type { Input } from '../service';
import type { BucketStore } from './bucket-store';
import { checksumsIn } from './checksums';
import { pageSize } from './list-uploads';
import type { ObjectPart } from './object-attributes';
import { locationOf, secondsOf, storedObject } from './stored-objects';

/**
 * Response of GetObjectAttributes, with the requested attributes. Unlike in all other responses, the ETag has
 * no quotes.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObjectAttributes.html
 */
export function getObjectAttributes(store: BucketStore, input: Input): unknown {
  const location = locationOf(input);
  const object = storedObject(store, location);
  const { etag, system, upload } = store.attributes(location.bucket, object);
  const { ChecksumType, StorageClass = 'STANDARD' } = system;
  const attributes = {
    ETag: etag.replaceAll('"', ''),
    ...(ChecksumType !== undefined && { Checksum: { ...checksumsIn(system), ChecksumType } }),
    ...(upload !== undefined && {
      ObjectParts: {
        TotalPartsCount: upload.parts.length,
        // S3 lists the parts only if they have checksums.
        ...(ChecksumType === 'COMPOSITE' && pageOf(upload.parts, input)),
      },
    }),
    StorageClass,
    ObjectSize: object.size,
  };
  const wanted = input['ObjectAttributes'] as readonly string[];
  const given = Object.entries(attributes).filter(([name]) => wanted.includes(name));
  return { LastModified: secondsOf(object), ...Object.fromEntries(given) };
}

function pageOf(parts: readonly ObjectPart[], input: Input): object {
  const marker = Number(input['PartNumberMarker'] ?? 0);
  const max = pageSize(input, 'MaxParts', 'x-amz-max-parts');
  const following = parts.filter(({ number }) => number > marker);
  const page = following.slice(0, max);
  return {
    PartNumberMarker: marker,
    NextPartNumberMarker: page.at(-1)?.number ?? marker,
    MaxParts: max,
    IsTruncated: page.length < following.length,
    Parts: page.map(({ number, size, checksums }) => ({ PartNumber: number, Size: size, ...checksums })),
  };
}
