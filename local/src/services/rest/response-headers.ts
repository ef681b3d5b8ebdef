import type { RestModel } from './rest-model';

/**
 * The headers of a response.
 *
 * @param structure the name of the response's shape
 * @param output the response; times are epoch seconds, or strings that stay unchanged
 */
export function headersOf(
  model: RestModel,
  structure: string,
  output: Readonly<Record<string, unknown>>,
): Record<string, string> {
  const entries = model.placesOf(structure).flatMap(({ member, shape, location, name }) => {
    const value = output[member];
    switch (value === undefined ? undefined : location) {
      case 'header': {
        const isTime = typeof value === 'number' && model.shapeOf(shape).type === 'timestamp';
        return [[name, isTime ? new Date(value * 1000).toUTCString() : String(value)] as const];
      }
      case 'headers':
        return Object.entries(value as object).map(([key, text]) => [`${name}${key}`, String(text)] as const);
      default:
        return [];
    }
  });
  return Object.fromEntries(entries);
}
