import { times } from '../model/sagemaker-model.json';

/** Members of SageMaker's responses that are timestamps. */
const TIME_MEMBERS: ReadonlySet<string> = new Set(times);

/** A copy of a response in which every timestamp (epoch seconds) is converted. */
export function mapTimestamps(value: unknown, write: (epochSeconds: number) => unknown): unknown {
  if (Array.isArray(value)) {
    return value.map((item) => mapTimestamps(item, write));
  }
  if (typeof value !== 'object' || value === null) {
    return value;
  }
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [
      key,
      typeof member === 'number' && TIME_MEMBERS.has(key) ? write(member) : mapTimestamps(member, write),
    ]),
  );
}

/** Converts a time to the format of events. */
export function epochMilliseconds(epochSeconds: number): number {
  return Math.round(epochSeconds * 1000);
}

/** Converts a time to the format of the AWS SDK integration. */
export function isoTime(epochSeconds: number): string {
  return new Date(epochMilliseconds(epochSeconds)).toISOString();
}
