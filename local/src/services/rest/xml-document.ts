import { XMLBuilder } from 'fast-xml-parser';
import type { WireResponse } from '../endpoint/protocol';
import type { RestModel } from './rest-model';

const builder = new XMLBuilder({ ignoreAttributes: false, attributeNamePrefix: '@' });

/** Characters that are invalid in XML or that parsers change. Object keys can contain them, and S3 escapes them. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: the expression searches for control characters
const CONTROLS = /[\u0001-\u0008\u000b-\u001f]/g;

/** Creates a document from elements by name. */
export function xmlDocument(content: object): Pick<WireResponse, 'headers'> & { readonly body: string } {
  return {
    headers: { 'content-type': 'application/xml' },
    body: `<?xml version="1.0" encoding="UTF-8"?>\n${builder.build(content).replace(CONTROLS, reference)}`,
  };
}

function reference(character: string): string {
  return `&#x${character.charCodeAt(0).toString(16)};`;
}

/**
 * Converts a value to XML according to its shape. Times become ISO 8601. Members that are not in the shape
 * are omitted.
 */
export function xmlOf(model: RestModel, name: string, value: unknown): unknown {
  const { type, flattened, member = '', item = 'member' } = model.shapeOf(name);
  switch (type) {
    case 'structure':
      return Object.fromEntries(
        Object.entries(value as object).flatMap(([key, each]) => {
          const place = model.placesOf(name).find((other) => other.member === key);
          return place === undefined || each === undefined
            ? []
            : [[place.name, xmlOf(model, place.shape, each)] as const];
        }),
      );
    case 'list': {
      const items = [value].flat().map((each) => xmlOf(model, member, each));
      return flattened === true ? items : { [item]: items };
    }
    case 'timestamp':
      return new Date(Number(value) * 1000).toISOString();
    default:
      return value;
  }
}
