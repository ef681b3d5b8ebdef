import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseJsonPath } from '../../src/services/sagemaker/transform/json-path';
import { PYTHON_FOLDER } from '../../src/training/python-process';
import { CSV_LINES } from './serving-support';
import { defaultEnvironment, temporaryFolder } from './support';

/*
 * Tests batch transform with JSON, which the built-in XGBoost does not read. The model of these tests returns the
 * number of records for a JSON request, and the length of each line for a JSON Lines request.
 */

interface Case {
  readonly input: string;
  readonly contentType?: string;
  readonly accept?: string;
  readonly inputFilter?: string;
  readonly outputFilter?: string;
  readonly joinsInput?: boolean;
  readonly splitsLines?: boolean;
  readonly isSingleRecord?: boolean;
  readonly endsLines?: boolean;
}

const SCRIPT = `
import json, sys
sys.path.insert(0, sys.argv[1])
from batch_transform import Answer, transform
from errors import JobFailure

def answer(body, content_type, accept):
    lines = body.decode().splitlines()
    if content_type == "application/jsonlines":
        return Answer("\\n".join(json.dumps(len(line)) for line in lines).encode(), content_type)
    return Answer(json.dumps({"records": len(lines)}).encode(), "application/json")

results = []
for job in json.load(sys.stdin):
    try:
        transform(job, lambda: answer, lambda line: None, lambda: False)
        results.append(open(job["outputFolder"] + "/0").read())
    except JobFailure as error:
        results.append(str(error))
print(json.dumps(results))`;

async function transformed(cases: readonly Case[]): Promise<string[]> {
  const { python } = await defaultEnvironment();
  const jobs = cases.map(({ input, inputFilter = '$', outputFilter = '$', ...settings }) => {
    const folder = temporaryFolder();
    const path = join(folder, 'input');
    writeFileSync(path, input);
    mkdirSync(join(folder, 'output'));
    return {
      ...CSV_LINES,
      contentType: 'application/jsonlines',
      ...settings,
      inputFilter: parseJsonPath(inputFilter, 'InputFilter'),
      outputFilter: parseJsonPath(outputFilter, 'OutputFilter'),
      files: [{ path, name: 'input' }],
      outputFolder: join(folder, 'output'),
    };
  });
  const output = execFileSync(python, ['-c', SCRIPT, PYTHON_FOLDER], {
    input: JSON.stringify(jobs),
    encoding: 'utf8',
  });
  return JSON.parse(output);
}

const LINES = '{"id":1,"x":{"a":2,"b":3}}\n{"id":2,"x":{"a":4,"b":5}}\n';
const JSON_TYPE = 'application/json';
const REASON = 'ClientError: See job logs for more information';

const CASES: readonly (readonly [name: string, given: Case, expected: string])[] = [
  ['lines as they are', { input: LINES }, '26\n26\n'],
  ['without ends of lines', { input: LINES, endsLines: false, isSingleRecord: true }, '2626'],
  ['an attribute', { input: LINES, inputFilter: '$.x.a' }, '1\n1\n'],
  ['several attributes', { input: LINES, inputFilter: "$.x['a','b']" }, '13\n13\n'],
  ['a wildcard', { input: LINES, inputFilter: '$.x.*' }, '5\n5\n'],
  [
    'a join with objects',
    { input: LINES, joinsInput: true, inputFilter: '$.x', outputFilter: "$['id','SageMakerOutput']" },
    '{"id":1,"SageMakerOutput":13}\n{"id":2,"SageMakerOutput":13}\n',
  ],
  [
    'a join with values',
    { input: '[1,2]\n3\n', joinsInput: true },
    '{"SageMakerInput":[1,2],"SageMakerOutput":5}\n{"SageMakerInput":3,"SageMakerOutput":1}\n',
  ],
  [
    'a whole file',
    { input: '{\n"a": 1}\n', contentType: JSON_TYPE, splitsLines: false, joinsInput: true },
    '{"a":1,"SageMakerOutput":{"records":2}}\n',
  ],
  [
    'single records of JSON',
    {
      input: LINES,
      contentType: JSON_TYPE,
      isSingleRecord: true,
      joinsInput: true,
      outputFilter: '$.SageMakerOutput.records',
    },
    '1\n1\n',
  ],
  [
    'one answer for several records',
    { input: LINES, contentType: JSON_TYPE, joinsInput: true },
    `${REASON} (Failed to join: the model returned 1 records for a request of 2)`,
  ],
  ['no JSON', { input: '{]\n', inputFilter: '$.a' }, `${REASON} (Failed to parse '{]' as JSON: `],
  [
    'an attribute that is missing',
    { input: LINES, inputFilter: '$.y' },
    `${REASON} (InputFilter: there is no attribute 'y')`,
  ],
  [
    'CSV with a lone quote',
    { input: '1,a"b,"c"d\n', contentType: 'text/csv', inputFilter: '$[1:]' },
    `${REASON} (Failed to parse line '1,a"b,"c"d' as CSV: `,
  ],
  ['an empty file', { input: '' }, ''],
];

let results: string[];
beforeAll(async () => {
  results = await transformed(CASES.map(([, given]) => given));
});

test.each(CASES.map(([name, , expected], at) => [name, at, expected] as const))(
  '%s',
  (_name, at, expected) => {
    if (expected.startsWith('ClientError')) expect(results[at]).toContain(expected);
    else expect(results[at]).toBe(expected);
  },
);
