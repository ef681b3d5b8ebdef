import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { createPythonEnvironments } from '../../local/src/training';
import type { Json } from '../fixtures';
import { deployedPolicies, deployedStateMachines } from './deployed';
import type { NamedTemplate } from './templates';

/** A finding of a linter about one resource of one template. */
export interface Finding {
  /** The rule, such as `E3012`, `CKV_AWS_18` or `UNKNOWN_ACTION`. */
  readonly rule: string;
  readonly logicalId: string;
  readonly template: string;
  readonly message: string;
}

/** One Region of each partition, because resource types and properties differ between Regions. */
const REGIONS = ['us-east-1', 'us-gov-west-1', 'cn-north-1'];

const OUTPUT_BYTES = 64 << 20;

/** Returns the folder of the linters' commands. Creates the Python environment `.venv/linters` if needed. */
export async function linterCommands(): Promise<string> {
  const environments = createPythonEnvironments({
    folder: resolve(__dirname, '../../.venv'),
    onNotice: (text) => process.stderr.write(`${text}\n`),
  });
  const { python } = await environments.forPackages({
    name: 'linters',
    requirements: [join(__dirname, 'requirements.txt')],
    packages: { 'cfn-lint': '1.58.0', checkov: '3.3.30', parliament: '1.6.4' },
    python: { min: '3.11' },
  });
  return join(python, '..');
}

/** The findings of cfn-lint about templates and the definitions of their state machines. */
export async function cfnLint(commands: string, folder: string, templates: readonly NamedTemplate[]) {
  const templateFolder = writeAll(
    join(folder, 'templates'),
    templates.map(({ template }) => template),
  );
  const machineFolder = writeAll(join(folder, 'state-machines'), templates.map(deployedStateMachines));
  const files = [templateFolder, machineFolder].map((each) => join(each, '*.json'));
  const output = await run(join(commands, 'cfn-lint'), [
    '--format',
    'json',
    '--regions',
    ...REGIONS,
    '--',
    ...files,
  ]);
  return JSON.parse(output).map(({ Rule, Message, Filename, Location }: Json) =>
    finding(templates, Filename, Rule.Id, Location.Path?.[1] ?? '', Message),
  );
}

/** The findings of checkov about templates. checkov does not use the network. */
export async function checkov(commands: string, folder: string, templates: readonly NamedTemplate[]) {
  const templateFolder = writeAll(
    join(folder, 'checkov'),
    templates.map(({ template }) => template),
  );
  const output = await run(join(commands, 'checkov'), [
    ...['--directory', templateFolder, '--framework', 'cloudformation', '--skip-download'],
    ...['--compact', '--quiet', '--output', 'json'],
  ]);
  return JSON.parse(output).results.failed_checks.map(({ check_id, check_name, file_path, resource }: Json) =>
    finding(templates, file_path, check_id, resource.split('.')[1], check_name),
  );
}

/** parliament's findings: policies that contradict IAM's tables of actions, resource types and condition keys. */
export async function parliament(commands: string, folder: string, templates: readonly NamedTemplate[]) {
  const policies = templates.flatMap((named) =>
    deployedPolicies(named).map((policy) => ({ ...policy, template: named.name })),
  );
  const documents = [...new Set(policies.map(({ document }) => JSON.stringify(document)))];
  const file = join(folder, 'policies.json');
  writeFileSync(file, `[${documents.join()}]`);
  const output = await run(join(commands, 'python'), [join(__dirname, 'check_policies.py'), file]);
  const findings = new Map(JSON.parse(output).map((found: Json, index: number) => [documents[index], found]));
  return policies.flatMap(({ document, logicalId, template }) =>
    (findings.get(JSON.stringify(document)) as Json).map((found: Json) => ({
      ...found,
      logicalId,
      template,
    })),
  );
}

function writeAll(folder: string, documents: readonly Json[]): string {
  mkdirSync(folder, { recursive: true });
  for (const [index, document] of documents.entries()) {
    writeFileSync(join(folder, `${index}.json`), JSON.stringify(document));
  }
  return folder;
}

function finding(
  templates: readonly NamedTemplate[],
  file: string,
  rule: string,
  logicalId: string,
  message: string,
): Finding {
  const template = templates[Number.parseInt(basename(file), 10)]?.name ?? file;
  return { rule, logicalId, template, message };
}

/** The output of a command. The exit status is ignored, because linters exit with an error if they have findings. */
function run(command: string, words: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const env = { ...process.env, CKV_SKIP_PACKAGE_UPDATE_CHECK: 'true' };
    execFile(command, words, { maxBuffer: OUTPUT_BYTES, env }, (error, stdout, stderr) => {
      if (stdout.trim() === '') reject(new Error(`${command}: ${stderr || error?.message}`));
      else resolve(stdout);
    });
  });
}
