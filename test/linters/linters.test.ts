import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import accepted from './accepted-findings.json';
import { FAULTY } from './faulty-template';
import { cfnLint, checkov, type Finding, linterCommands, parliament } from './linters';
import { allTemplates } from './templates';

// On a new machine, the first run installs the linters.
jest.setTimeout(600_000);

/** Findings that are accepted, and the reason. */
interface Accepted {
  readonly rule: string;
  /** Regular expression for the logical ids of the resources. */
  readonly resources: string;
  /** Regular expression for the names of the templates. @default all */
  readonly templates?: string;
  /** The reason, written for a security reviewer. */
  readonly reason: string;
}

const ACCEPTED: readonly Accepted[] = accepted;

const folder = mkdtempSync(join(tmpdir(), 'linters-'));
const inFaulty: string[] = [];
const findings: Finding[] = [];

beforeAll(async () => {
  const commands = await linterCommands();
  const templates = [FAULTY, ...allTemplates()];
  // Each variant also has a template for any Region. It differs only in values, which the slow linters do not judge.
  const forAnyRegion = templates.filter(({ region }) => region === undefined);
  const found = await Promise.all([
    checkov(commands, folder, forAnyRegion),
    cfnLint(commands, folder, forAnyRegion),
    parliament(commands, folder, templates),
  ]);
  for (const finding of found.flat()) {
    if (finding.template === FAULTY.name) inFaulty.push(`${finding.logicalId}: ${finding.rule}`);
    else findings.push(finding);
  }
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('every finding in a template has a reason in accepted-findings.json', () => {
  expect(findings.filter((finding) => !ACCEPTED.some((one) => isFor(one, finding)))).toEqual([]);
});

test.each(ACCEPTED)('the accepted finding $rule in /$resources/ still occurs', (one) => {
  expect(findings.some((finding) => isFor(one, finding))).toBe(true);
});

test.each([
  'Machine: E3601', // no state has the name given in StartAt
  'Function: E2533', // a runtime that is no longer supported
  'Bucket: CKV_AWS_53',
  'Policy: UNKNOWN_ACTION',
  'Policy: RESOURCE_MISMATCH',
  'Policy: UNUSED_RESOURCE',
  'Policy: UNKNOWN_CONDITION_FOR_ACTION',
])('a template with faults has %s', (fault) => {
  expect(inFaulty).toContain(fault);
});

function isFor(one: Accepted, { rule, logicalId, template }: Finding): boolean {
  return (
    one.rule === rule &&
    new RegExp(one.resources).test(logicalId) &&
    new RegExp(one.templates ?? '').test(template)
  );
}
