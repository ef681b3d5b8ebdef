import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, CfnResource, CloudFormationValidatePlugin, Stack, Validations } from 'aws-cdk-lib';
import { TemplateValidation } from '../bin/template-validation';

let folder: string;
let file: string;
const { validate } = CloudFormationValidatePlugin.prototype;
const engine = jest.spyOn(CloudFormationValidatePlugin.prototype, 'validate');

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'validation-test-'));
  file = join(folder, 'cache', 'valid-templates.json');
  engine.mockReset().mockReturnValue({ success: true, violations: [] });
});

afterEach(() => {
  jest.useRealTimers();
  rmSync(folder, { recursive: true });
});

const FINE = { MessageRetentionPeriod: 60 };

/** Synthesizes an app with a queue into a new folder. @returns how often the validation engine ran */
function synthesize(properties: object = FINE, env: { account?: string; region?: string } = {}): number {
  const before = engine.mock.calls.length;
  const app = new App({
    outdir: mkdtempSync(join(folder, 'cdk.out-')),
    context: { '@aws-cdk/core:validateAgainstDefaultRules': true },
  });
  Validations.of(app).addPlugins(new TemplateValidation(file));
  const stack = new Stack(app, 'Stack', { env });
  new CfnResource(stack, 'Queue', { type: 'AWS::SQS::Queue', properties });
  try {
    app.synth();
  } finally {
    readReport(app.outdir);
  }
  return engine.mock.calls.length - before;
}

let report: { pluginReports: { pluginName: string; pluginVersion: string }[] };

function readReport(outdir: string): void {
  report = JSON.parse(readFileSync(join(outdir, 'validation-report.json'), 'utf8'));
}

test('a template without findings is validated at most once a day', () => {
  expect(synthesize()).toBe(1);
  const first = report;
  expect(synthesize()).toBe(0);
  expect(report).toEqual(first);
  jest.useFakeTimers({ now: Date.now() + 24 * 60 * 60 * 1000 });
  expect(synthesize()).toBe(1);
});

test.each<[string, object, { account?: string; region?: string }]>([
  ['another template', { MessageRetentionPeriod: 61 }, {}],
  ['another account', FINE, { account: '123456789012' }],
  ['another Region', FINE, { region: 'eu-west-1' }],
])('%s is validated', (_, properties, env) => {
  synthesize();
  expect(synthesize(properties, env)).toBe(1);
  expect(synthesize(properties, env)).toBe(0);
  expect(synthesize()).toBe(0);
});

test('findings are reported each time', () => {
  engine.mockImplementation(validate);
  const wrong = { MessageRetentionPeriod: 'a minute' };
  for (const _ of [1, 2]) expect(() => synthesize(wrong)).toThrow("'a minute' is not of type 'integer'");
  expect(engine).toHaveBeenCalledTimes(2);
});

test('templates are validated again if the file with the results cannot be read', () => {
  synthesize();
  writeFileSync(file, '{');
  expect(synthesize()).toBe(1);
  expect(synthesize()).toBe(0);
});
