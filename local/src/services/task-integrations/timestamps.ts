import { times } from '../model/sagemaker-model.json';

/** Members of SageMaker's responses that are points in time. */
const TIME_MEMBERS: ReadonlySet<string> = new Set(times);

/** A copy of a response in which each point in time (epoch seconds) is written in another way. */
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

/** As events carry it. */
export function epochMilliseconds(epochSeconds: number): number {
  return Math.round(epochSeconds * 1000);
}

/** As the AWS SDK integration gives it. */
export function isoTime(epochSeconds: number): string {
  return new Date(epochMilliseconds(epochSeconds)).toISOString();
}
