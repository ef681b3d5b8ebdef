import { statSync } from 'node:fs';
import { join } from 'node:path';
import { PositionFile, readPosition } from '../../src/executions/position-file';
import { applyChange, type PositionChange, type ResumePoint, redrivePoint } from '../../src/states';
import { jobsOf, type MapJob } from '../../src/states/execution/position';
import { temporaryFolder } from '../end-to-end/support';

const point = (stateName: string, input: string): ResumePoint => ({ stateName, input, variables: {} });

function jobsOfItems(count: number): MapJob[] {
  return Array.from({ length: count }, (_, index) => ({
    input: { id: `item-${index}` },
    context: {},
    size: 1,
  }));
}

/**
 * The changes to an execution's position during a Map. A third of the Map's children succeed, a third fail, and the
 * others are still in their last state.
 */
function changesOf(children: number, states: number): PositionChange[] {
  const entered = { enteredTime: '2026-11-29T10:00:00.000Z', enteredEventId: 1 };
  const large = 'x'.repeat(500);
  const each = Array.from({ length: children }, (_, index): PositionChange[] => [
    { at: [index], type: 'child', child: { name: `child-${index}`, startDate: entered.enteredTime } },
    ...Array.from({ length: states }, (_, state): PositionChange[] => [
      { at: [index], type: 'reached', point: point(`S${state}`, large) },
      { at: [index], type: 'state', state: { ...entered, call: { arguments: large, eventId: state } } },
    ]).flat(),
    ...(index % 3 === 0 ? [{ at: [index], type: 'child' as const, child: { output: `done ${index}` } }] : []),
    ...(index % 3 === 1
      ? [{ at: [index], type: 'child' as const, child: { failure: { error: 'X', cause: 'y' } } }]
      : []),
  ]);
  return [
    { at: [], type: 'reached', point: point('Map', 'input') },
    { at: [], type: 'state', state: { ...entered, children: [] } },
    { at: [], type: 'state', state: { jobs: jobsOfItems(children) } },
    // The children run at the same time.
    ...Array.from({ length: 2 * states + 2 }, (_, step) =>
      each.flatMap((changes) => changes[step] ?? []),
    ).flat(),
  ];
}

test('a compacted position file describes the same position and drops outdated changes', () => {
  const changes = changesOf(30, 20);
  const folder = temporaryFolder();
  const [small, large] = [join(folder, 'small'), join(folder, 'large')];
  const compacted = new PositionFile(small, 50_000);
  const plain = new PositionFile(large);
  const fold = (all: readonly PositionChange[]) =>
    all.reduce<ResumePoint | undefined>(applyChange, undefined);
  for (const [index, change] of changes.entries()) {
    compacted.add(change);
    plain.add(change);
    if (index % 97 === 0)
      expect(readPosition(small)).toEqual(fold(structuredClone(changes.slice(0, index + 1))));
  }
  expect(readPosition(small)).toEqual(fold(structuredClone(changes)));
  expect(readPosition(large)).toEqual(readPosition(small));
  expect(statSync(small).size).toBeLessThan(statSync(large).size / 5);
});

test('a replaced position is read back; outputs and jobs can be loaded from the file when needed', () => {
  const jobs = jobsOfItems(3);
  const inner = { enteredTime: '2026-11-29T10:00:00.000Z', enteredEventId: 4 };
  const position: ResumePoint = {
    ...point('Map', 'input'),
    state: {
      ...inner,
      jobs,
      children: [
        { name: 'a', output: { done: true } },
        null,
        {
          name: 'c',
          position: { ...point('Inner', 'x'), state: { ...inner, children: [{ output: null }] } },
        },
      ],
    },
  };
  const name = join(temporaryFolder(), 'position');
  const file = new PositionFile(name);
  file.replace(position);
  expect(JSON.parse(JSON.stringify(readPosition(name)))).toEqual(position);

  const kept: string[] = [];
  const light = readPosition(name, (text) => {
    const index = kept.push(text) - 1;
    return () => kept[index] as string;
  });
  expect(JSON.stringify(light)).not.toContain('done');
  expect(light?.state && jobsOf(light.state)).toEqual(jobs);
  file.replace(redrivePoint(light as ResumePoint, undefined));
  expect(readPosition(name)?.state?.children).toMatchObject([
    { name: 'a', output: { done: true } },
    undefined,
    { name: 'c', redriveCount: 1, position: { stateName: 'Inner' } },
  ]);
});
