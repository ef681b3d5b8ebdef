import { reportTask, writesReports } from '../../src/library/report-task';

const OUTPUT = 's3://bucket/output/reports/';

function orNull(expression: string): string {
  return `{% $exists(${expression}) ? ${expression} : null %}`;
}

/** A definition with a state that writes reports, as created by the construct library. */
function machine(payload: Record<string, unknown>, others: Record<string, unknown> = {}) {
  return {
    QueryLanguage: 'JSONata',
    States: {
      Find: { Type: 'Task', Arguments: { FunctionName: 'find', Payload: '{% {"tuningJobName": 1} %}' } },
      Other: { Type: 'Task', Arguments: { FunctionName: 'other', Payload: { tuningJobName: 'x' } } },
      Each: {
        Type: 'Map',
        ItemProcessor: {
          States: { WriteReport: { Type: 'Task', Arguments: { FunctionName: 'report', Payload: payload } } },
        },
      },
      ...others,
    },
  };
}

const TUNING = machine({
  tuningJobName:
    '{% $exists($states.input.result) ? $states.input.result.tuningJob.name : $states.input.tuningJobName %}',
  bestTrainingJobName: orNull('$states.input.result.bestTrainingJob.name'),
  finalTrainingJobName: orNull('$states.input.trainingJobName'),
  output: OUTPUT,
});
const AUTOML = machine({
  autoMlJobName:
    '{% $exists($states.input.result) ? $states.input.result.autoMlJob.name : $states.input.autoMlJobName %}',
  output: OUTPUT,
});

test.each([
  ['that runs', {}, { bestTrainingJobName: null, finalTrainingJobName: null }],
  [
    'with a best job',
    { bestTrainingJobName: 'best' },
    { bestTrainingJobName: 'best', finalTrainingJobName: null },
  ],
  [
    'with a final model',
    { bestTrainingJobName: 'best', finalTrainingJobName: 'final' },
    { bestTrainingJobName: 'best', finalTrainingJobName: 'final' },
  ],
])(
  'for a tuning job %s, the report function gets the same payload as from the state in the definition',
  async (_, known, passed) => {
    const task = await reportTask(TUNING, { kind: 'tuning job', name: 'search', ...known });
    expect(task).toEqual({
      functionName: 'report',
      payload: { tuningJobName: 'search', output: OUTPUT, ...passed },
    });
  },
);

test('an AutoML job gets the same payload as from the state in the definition', async () => {
  const task = await reportTask(AUTOML, { kind: 'AutoML job', name: 'search' });
  expect(task).toEqual({ functionName: 'report', payload: { autoMlJobName: 'search', output: OUTPUT } });
});

test('a state machine without a matching state writes no report', async () => {
  expect(await reportTask(TUNING, { kind: 'AutoML job', name: 'search' })).toBeUndefined();
  expect(await reportTask({ States: {} }, { kind: 'tuning job', name: 'search' })).toBeUndefined();
  expect([TUNING, AUTOML, machine({ tuningJobName: 'x' }), {}].map(writesReports)).toEqual([
    true,
    true,
    false,
    false,
  ]);
});
