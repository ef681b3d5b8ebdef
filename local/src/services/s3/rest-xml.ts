import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { isRecord } from '../../assembly/template';
import { AwsError } from '../aws-error';
import { booleanFrom, numberFrom } from '../rest/text-values';
import { S3_MODEL } from './s3-model';

/** Maximum length of lists (S3 API reference): keys of a DeleteObjects request, parts of an upload. */
const MAX_ITEMS: Readonly<Record<string, number>> = { Delete: 1000, CompleteMultipartUpload: 10_000 };

/** By default, the parser refuses elements nested more than 100 levels deep. */
const parser = new XMLParser({
  ignoreAttributes: true,
  parseTagValue: false,
  // Keeps spaces, because a key can begin or end with them.
  trimValues: false,
  htmlEntities: true,
});

/**
 * Reads an XML document into a structure of S3's service model.
 *
 * @param structure the name of the shape
 * @returns undefined for an empty document, if the structure has no required members
 * @throws AwsError MalformedXML when the document is not XML, or does not match the structure
 */
export function readXml(
  document: string,
  rootName: string,
  structure: string,
): Record<string, unknown> | undefined {
  if (document === '') {
    readStructure(structure, document, rootName);
    return undefined;
  }
  const max = MAX_ITEMS[rootName];
  if (max !== undefined && hasMore(document, max, rootName === 'Delete' ? 'Object' : 'Part')) {
    // The number of items is checked before parsing, because parsing takes seconds for a document of 16 MiB.
    throw malformed(`<${rootName}> has more than ${max} items`);
  }
  const root = parse(document)[rootName];
  if (root === undefined) {
    throw malformed(`expected the element <${rootName}>`);
  }
  return readStructure(structure, root, rootName);
}

function hasMore(document: string, max: number, element: string): boolean {
  const start = new RegExp(`<${element}[\\s/>]`, 'g');
  let count = 0;
  while (count <= max && start.test(document)) {
    count += 1;
  }
  return count > max;
}

function parse(document: string): Record<string, unknown> {
  // S3 does not use DTDs, and custom entities can make a document explode.
  if (/<!DOCTYPE/i.test(document)) {
    throw malformed('document types are not allowed');
  }
  const isValid = XMLValidator.validate(document);
  if (isValid !== true) {
    throw malformed(isValid.err.msg);
  }
  try {
    return parser.parse(document);
  } catch (error) {
    throw malformed((error as Error).message);
  }
}

function readStructure(structure: string, value: unknown, path: string): Record<string, unknown> {
  const elements = typeof value === 'string' && value.trim() === '' ? {} : value;
  if (!isRecord(elements)) {
    throw malformed(`<${path}> must occur once and contain elements`);
  }
  const places = S3_MODEL.placesOf(structure).filter(({ location }) => location === 'body');
  const members = Object.fromEntries(
    Object.entries(elements).flatMap(([name, content]) => {
      if (name === '#text' || name === '?xml') {
        if (name === '#text' && String(content).trim() !== '') {
          throw malformed(`<${path}> must not contain text`);
        }
        return [];
      }
      const place = places.find((each) => each.name === name);
      if (place === undefined) {
        throw malformed(`<${path}> has no <${name}>`);
      }
      return [[place.member, readValue(place.shape, content, `${path}.${name}`)] as const];
    }),
  );
  const { required = [] } = S3_MODEL.shapeOf(structure);
  const missing = places.find(
    ({ member, shape }) =>
      required.includes(member) &&
      (members[member] === undefined ||
        (members[member] === '' && S3_MODEL.shapeOf(shape).min !== undefined)),
  );
  if (missing !== undefined) throw malformed(`expected <${path}> with <${missing.name}>`);
  return members;
}

function readValue(name: string, value: unknown, path: string): unknown {
  const { type, member = '', flattened } = S3_MODEL.shapeOf(name);
  switch (type) {
    case 'structure':
      return readStructure(name, value, path);
    case 'list': {
      const items = flattened === true ? [value].flat() : Object.values(isRecord(value) ? value : {}).flat();
      return items.map((item) => readValue(member, item, path));
    }
    case 'integer':
    case 'long':
      return numberFrom(textOf(value, path), type) ?? fail(path, 'a whole number');
    case 'boolean':
      return booleanFrom(textOf(value, path).trim()) ?? fail(path, 'true or false');
    default:
      return textOf(value, path);
  }
}

function textOf(value: unknown, path: string): string {
  return typeof value === 'string' ? value : fail(path, 'a single string');
}

function fail(path: string, wanted: string): never {
  throw malformed(`<${path}> must be ${wanted}`);
}

function malformed(problem: string): AwsError {
  return new AwsError(
    'MalformedXML',
    `The XML you provided was not well-formed or did not validate against our published schema: ${problem}`,
  );
}
