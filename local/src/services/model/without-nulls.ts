import type { Input } from '../service';
import type { ServiceModel } from './validator';

/**
 * Removes null members from a request: AWS treats them as missing. Keeps null values of maps and null items
 * of lists.
 */
export function withoutNulls(model: ServiceModel, operation: string, input: Input): Input {
  const shape = Object.hasOwn(model.operations, operation) ? model.operations[operation] : undefined;
  return shape === undefined ? input : (clean(model, shape, input) as Input);
}

function clean(model: ServiceModel, name: string, value: unknown): unknown {
  const { type, members = {}, member = '', value: item = '' } = model.shapes[name] ?? { type: 'unknown' };
  if (type === 'list' && Array.isArray(value)) {
    return value.map((each) => clean(model, member, each));
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return value;
  }
  const entries = Object.entries(value);
  switch (type) {
    case 'structure':
      return Object.fromEntries(
        entries
          .filter(([, each]) => each !== null)
          .map(([key, each]) => [
            key,
            Object.hasOwn(members, key) ? clean(model, members[key] ?? '', each) : each,
          ]),
      );
    case 'map':
      return Object.fromEntries(entries.map(([key, each]) => [key, clean(model, item, each)]));
    default:
      return value;
  }
}
