import { openCommand } from '../../src/commands/open-file';
import { searchesOf } from '../../src/commands/report';
import { findRunRecord, type RunRecord } from '../../src/commands/run-records';
import type { Jobs } from '../../src/services';

function run(kind: RunRecord['kind'], name: string, more: object = {}): RunRecord {
  return { kind, record: { name, arn: `arn:${name}`, description: {}, ...more } } as unknown as RunRecord;
}

const all = [
  run('execution', '4931e16a-7b99'),
  run('tuning job', 'Search-a1', {
    createdBy: { executionArn: 'arn:4931e16a-7b99' },
    deploymentId: 'd1',
    description: { HyperParameterTuningJobArn: 'arn:a1' },
  }),
  run('training job', 'Search-a1-001-x', { description: { TuningJobArn: 'arn:a1' } }),
  run('training job', 'Search-a1-final'),
  run('AutoML job', 'Search-b2', {
    createdBy: { executionArn: 'child', place: { executionArn: 'arn:4931e16a-7b99', path: [] } },
  }),
];

const jobs = { tuning: { known: () => undefined } } as unknown as Jobs;

test.each([
  ['4931', '4931e16a-7b99'],
  ['Search-a1', 'Search-a1'],
  ['search-a', 'Search-a1'],
  ['SEARCH-A1-0', 'Search-a1-001-x'],
  ['Search-b', 'Search-b2'],
])('%s is %s', (name, expected) => {
  expect(findRunRecord({ all, jobs }, name).record.name).toBe(expected);
});

test.each([
  [
    'Search',
    /Several names begin with "Search": type more of the one you want\.\n {2}tuning job Search-a1\n {2}AutoML job Search-b2$/,
  ],
  ['Search-a1-', /training job Search-a1-001-x\n {2}training job Search-a1-final$/],
  ['none', /No execution or job "none": ".* list --all" lists them all/],
  ['', /No execution or job ""/],
])('an unknown or ambiguous name "%s" is refused with a list of names', (name, message) => {
  expect(() => findRunRecord({ all, jobs }, name)).toThrow(message);
});

describe('the ID of a Map item finds', () => {
  const place = (execution: string, index: number, label: string, id?: string) => ({
    createdBy: { place: { executionArn: execution, path: [{ map: 'TuneItems', index, label, id }] } },
  });
  const ofItems = [
    run('training job', 'second-final', place('night-2', 0, 'north')),
    run('tuning job', 'second', place('night-2', 0, 'north')),
    run('tuning job', 'first', place('night-1', 4, 'north')),
    run('tuning job', 'long', place('night-1', 6, 'sta…7', 'station-7')),
    run('training job', 'alone', place('night-1', 5, 'south')),
  ];

  test.each([
    ['north', 'second'],
    ['4: north', 'first'],
    ['south', 'alone'],
    ['second', 'second'],
    ['station-7', 'long'],
    ['sta…7', 'long'],
  ])(
    "%s: the item's search in the last execution with this item, or its training job if there is no search",
    (name, expected) => {
      expect(findRunRecord({ all: ofItems, jobs }, name).record.name).toBe(expected);
    },
  );
});

describe('the searches of', () => {
  const tuning = { get: (name: string) => all.find(({ record }) => record.name === name)?.record };
  const records = { all, jobs: { tuning } as unknown as Jobs };
  const names = (index: number) => searchesOf(all[index] as RunRecord, records).map(({ name }) => name);

  test('an execution are the searches that it or its Map items started, in order', () => {
    expect(names(0)).toEqual(['Search-b2', 'Search-a1']);
  });

  test('an execution do not include a tuning job that a later tuning job continues', () => {
    const chained = ['one', 'two', 'three'].map((name, i, chain) =>
      run('tuning job', name, {
        createdBy: { executionArn: 'arn:4931e16a-7b99' },
        description: {
          CreationTime: i,
          ...(i > 0 && {
            WarmStartConfig: {
              WarmStartType: 'IdenticalDataAndAlgorithm',
              ParentHyperParameterTuningJobs: [{ HyperParameterTuningJobName: chain[i - 1] }],
            },
          }),
        },
      }),
    );
    const get = (name: string) => chained.find(({ record }) => record.name === name)?.record;
    const chain = { tuning: { get } } as unknown as Jobs;
    const found = searchesOf(all[0] as RunRecord, { all: [...chained].reverse(), jobs: chain });
    expect(found.map(({ name }) => name)).toEqual(['three']);
  });

  test('a training job is the tuning job that it is part of', () => {
    expect(names(2)).toEqual(['Search-a1']);
    expect(() => names(3)).toThrow(
      /Search-a1-final is not part of a tuning job: name a tuning job or an execution/,
    );
  });

  test('a search is only this search, with its deployment', () => {
    expect(searchesOf(all[1] as RunRecord, records)).toEqual([
      { kind: 'tuning job', name: 'Search-a1', deploymentId: 'd1' },
    ]);
  });
});

test.each([
  ['linux', ['xdg-open', ['/a b.html']]],
  ['freebsd', ['xdg-open', ['/a b.html']]],
  ['darwin', ['open', ['/a b.html']]],
  ['win32', ['rundll32', ['url.dll,FileProtocolHandler', '/a b.html']]],
] as const)("a page is opened on %s with the platform's program", (platform, expected) => {
  expect(openCommand('/a b.html', platform)).toEqual(expected);
});
