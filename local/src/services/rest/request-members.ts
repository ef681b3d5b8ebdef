import type { RequestHead } from '../endpoint/request-head';
import type { MemberPlace, RestModel } from './rest-model';
import { booleanFrom, numberFrom } from './text-values';

/** Creates the error for a header or parameter with an invalid value. */
export type InvalidValue = (place: MemberPlace, text: string, type: string) => Error;

/**
 * Reads the members in a request's headers and query.
 *
 * @param structure the name of the request's shape
 */
export function readMembers(
  model: RestModel,
  structure: string,
  { headers, query }: RequestHead,
  invalid: InvalidValue,
): Record<string, unknown> {
  const typed = (place: MemberPlace, text: unknown): unknown => {
    if (text === undefined || text === null) return undefined;
    const { type } = model.shapeOf(place.shape);
    const value = typedValue(type, String(text));
    if (value === undefined) throw invalid(place, String(text), type);
    return value;
  };
  const valueAt = (place: MemberPlace): unknown => {
    switch (place.location) {
      case 'header':
        return typed(place, headers[place.name]);
      case 'headers': {
        const found = Object.entries(headers).filter(([name]) => name.startsWith(place.name));
        return Object.fromEntries(found.map(([name, text]) => [name.slice(place.name.length), String(text)]));
      }
      case 'querystring':
        return typed(place, query.get(place.name));
      default:
        return undefined;
    }
  };
  const members = model.placesOf(structure).map((place) => [place.member, valueAt(place)] as const);
  return Object.fromEntries(members.filter(([, value]) => value !== undefined));
}

/** Converts a header or parameter to the type of its shape; undefined if the value is invalid. */
function typedValue(type: string, text: string): unknown {
  switch (type) {
    case 'integer':
    case 'long':
      return numberFrom(text, type);
    case 'boolean':
      return booleanFrom(text);
    case 'list':
      return text.split(',').map((each) => each.trim());
    default:
      return text;
  }
}
