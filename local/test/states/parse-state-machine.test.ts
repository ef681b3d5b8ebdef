import { InvalidDefinitionError, parseStateMachine } from '../../src/states';

function problemsOf(definition: unknown): InvalidDefinitionError {
  try {
    parseStateMachine(definition);
  } catch (error) {
    if (error instanceof InvalidDefinitionError) return error;
    throw error;
  }
  throw new Error('The definition was not refused');
}

test('one error lists every problem, with its code and place', () => {
  const error = problemsOf({
    QueryLanguage: 'JSONata',
    StartAt: 'Call',
    States: {
      Call: { Type: 'Pass', Output: '{% phone %}', Retries: 1, Next: 'Gone' },
    },
  });
  expect(error.name).toBe('InvalidDefinition');
  expect(error.problems).toEqual([
    {
      code: 'UNSUPPORTED_JSONATA_EXPRESSION',
      message: "Reference to 'phone' at the top level is not supported.",
      location: '/States/Call/Output',
    },
    {
      code: 'SCHEMA_VALIDATION_FAILED',
      message: "The field 'Retries' is not supported in a Pass state with the query language JSONata",
      location: '/States/Call/Retries',
    },
    {
      code: 'MISSING_TRANSITION_TARGET',
      message: 'Missing transition target: Gone',
      location: '/States/Call/Next',
    },
  ]);
  expect(error.message).toContain(
    "UNSUPPORTED_JSONATA_EXPRESSION: Reference to 'phone' at the top level is not supported. at /States/Call/Output",
  );
});

test.each([[null], ['text'], [[]], [{}], [{ StartAt: 'A', States: { A: 1 } }]])(
  '%j is not a state machine',
  (definition) => {
    expect(problemsOf(definition).problems.length).toBeGreaterThan(0);
  },
);

test('a parsed definition gives access to its settings and states', () => {
  const machine = parseStateMachine({
    Comment: 'c',
    Version: '1.0',
    TimeoutSeconds: 60,
    StartAt: 'A',
    States: { A: { Type: 'Succeed', Comment: 'end' } },
  });
  expect(machine).toMatchObject({ startAt: 'A', timeoutSeconds: 60 });
  expect(machine.states.get('A')?.type).toBe('Succeed');
});
