import { StatesError } from '../errors';
import { isArray, isObject, type Json, jsonText } from '../json';
import type { ItemReader, MapState } from '../types';
import { computeInteger } from './computed-number';
import { compute, fill } from './data-flow';
import { type ContentFormat, readContent, UnreadableItems } from './item-formats';
import { type Manifest, readAthenaManifest, readInventoryManifest } from './manifest';
import { type FoundItem, itemsIn } from './map-items';
import type { ReadItems } from './service-calls';
import type { Visit } from './visit';

/** Reads a distributed Map's items: array elements, or the members of an object. */
export async function readItems(
  reader: ItemReader,
  state: MapState,
  visit: Visit,
): Promise<readonly FoundItem[]> {
  const { frame, scope } = visit;
  const read = frame.services.readItems;
  if (!read) throw failure(`No reader for '${reader.resource}'.`);
  const args = await fill(reader.arguments, 'ItemReader/Arguments', state.flow, scope);
  const format = await contentFormat(reader, state, visit);
  const call = { stateName: state.name, signal: frame.signal };
  let items: readonly FoundItem[];
  try {
    const content = await read({ ...call, resource: reader.resource, arguments: args });
    items = await itemsOf(content, reader, format, args, (resource, named) =>
      read({ ...call, resource, arguments: named }),
    );
  } catch (error) {
    if (error instanceof StatesError) throw failure(error.cause ?? error.message);
    throw error instanceof UnreadableItems ? failure(error.message) : error;
  }
  const most = reader.maxItems && (await computeInteger(reader.maxItems, state.flow, scope));
  return most ? items.slice(0, most) : items;
}

async function contentFormat(
  { format }: ItemReader,
  state: MapState,
  { scope }: Visit,
): Promise<ContentFormat | undefined> {
  if (!format) return undefined;
  const pointer = format.itemsPointer && (await compute(format.itemsPointer, state.flow, scope));
  if (pointer !== undefined && typeof pointer !== 'string') {
    throw failure(`The ItemsPointer must be a string, but was: ${jsonText(pointer)}`);
  }
  return { ...format, itemsPointer: pointer };
}

/** Reads an object that a list or a manifest names. */
type ReadNamed = (resource: string, args: Json) => ReturnType<ReadItems>;

async function itemsOf(
  content: string | readonly Json[],
  reader: ItemReader,
  format: ContentFormat | undefined,
  args: Json,
  read: ReadNamed,
): Promise<FoundItem[]> {
  const { Bucket: bucket = '', Key: key = '' } = isObject(args) ? args : {};
  if (!format) return itemsFrom(typeof content === 'string' ? [content] : content, `s3://${bucket}`);
  if (typeof content === 'string' && !reader.manifest)
    return itemsFrom(readContent(content, format), `s3://${bucket}/${key}`);
  const { objects, csvHeaders } =
    typeof content === 'string' ? readManifest(content, reader.manifest) : listed(content, args);
  const resource = reader.resource.replace(/:listObjectsV2$/, ':getObject');
  const items: FoundItem[] = [];
  for (const { bucket, key } of objects) {
    const text = await read(resource, { Bucket: bucket, Key: key });
    const found = readContent(String(text), csvHeaders ? { ...format, csvHeaders } : format);
    if (!isArray(found)) throw new UnreadableItems(`The items of s3://${bucket}/${key} are not an array.`);
    for (const item of itemsFrom(found, `s3://${bucket}/${key}`)) items.push(item);
  }
  return items;
}

function itemsFrom(found: Json, source: string): FoundItem[] {
  return itemsIn(found).map((item) => ({ ...item, source }));
}

function readManifest(text: string, kind: ItemReader['manifest']): Manifest {
  return kind === 'S3_INVENTORY' ? readInventoryManifest(text) : readAthenaManifest(text);
}

/** The listed objects, without folder markers. */
function listed(list: readonly Json[], args: Json): Manifest {
  const bucket = isObject(args) ? String(args['Bucket']) : '';
  const keys = list.filter(isObject).map((entry) => String(entry['Key']));
  return { objects: keys.filter((key) => !key.endsWith('/')).map((key) => ({ bucket, key })) };
}

function failure(cause: string): StatesError {
  return new StatesError('States.ItemReaderFailed', cause);
}
