import { rmSync } from 'node:fs';
import type { StackAssembly } from '../../src/assembly';
import type { Json } from '../../src/states';
import { inTurns } from '../in-turns';
import {
  encryptedApp,
  fleetApp,
  pollingApp,
  preparingApp,
  registeringApp,
  tuningApp,
} from './permission-apps';
import { type Outcome, PermissionRuns, type Scenario } from './permission-runs';
import { type Grant, grantsOf, resourceGrants, without } from './policy-mutations';
import { temporaryFolder } from './support';

jest.setTimeout(300_000);

/**
 * Permissions that no run in local mode needs, each with the reason. Runs on AWS do not need these permissions either,
 * unless the reason says otherwise.
 */
const NOT_NEEDED: readonly { role: RegExp; actions: RegExp; statement?: RegExp; reason: string }[] = [
  {
    role: /^CustomCDKBucketDeployment/,
    actions: /./,
    reason:
      'used by the custom resource that uploads the data at cdk deploy: local mode copies the data itself',
  },
  {
    role: /StateMachineRole|FunctionRole/,
    actions: /^xray:/,
    reason: 'traces: without this permission, executions and functions run untraced',
  },
  {
    role: /StopAbandonedJobsFunctionRole|SummarizeFunctionRole/,
    actions: /^sqs:SendMessage$/,
    reason:
      'sending events to a dead-letter queue if the function failed: local mode has no queues and reports the failure',
  },
  {
    role: /FunctionRole|TrainingRole|ModelRole/,
    actions: /^logs:(?!FilterLogEvents$)/,
    reason: 'logs of functions and training jobs: without this permission, both run but have no log',
  },
  {
    role: /TrainingRole|ModelRole/,
    actions: /^cloudwatch:PutMetricData$/,
    reason: 'metrics in CloudWatch: without this permission, jobs run, but have no metrics',
  },
  {
    role: /TrainingRole|ModelRole/,
    actions: /^s3:AbortMultipartUpload$/,
    reason: 'deleting the parts of an incomplete upload: no run here leaves one',
  },
  {
    role: /StateMachineRole/,
    actions: /^s3:(ListMultipartUploadParts|AbortMultipartUpload)$/,
    reason: 'multipart uploads of large Distributed Map results: local mode writes the file in one step',
  },
  {
    role: /ListItemsFunctionRole/,
    actions: /^s3:ListBucket$/,
    statement: /items\.jsonl|output\/fleets/,
    reason: 'tells a missing list of items or summary apart from a denied one: in these runs, both exist',
  },
  {
    role: /SummarizeFunctionRole/,
    actions: /^s3:ListBucket$/,
    statement: /output\/reports/,
    reason: 'tells a missing report apart from a denied one: in these runs, all reports exist',
  },
  {
    role: /StateMachineRole/,
    actions: /^states:/,
    reason: 'child executions of a Distributed Map: local mode runs them itself. AWS needs this permission',
  },
  {
    role: /StateMachineRole/,
    actions: /^s3:GetObject$/,
    statement: /output\/models/,
    reason: 'the model artifact of a registered version: no source says when AWS checks this permission',
  },
  {
    role: /TrainingRole|ModelRole/,
    actions: /^s3:GetBucketLocation$/,
    reason:
      'the location of a bucket: no source says whether SageMaker needs this permission, so the roles keep it',
  },
  {
    role: /EvaluateModelFunctionRole/,
    actions: /^sagemaker:DescribeModelPackage$/,
    reason:
      'the approved version to compare with: a first execution has none; evaluation.test.ts covers this',
  },
];

/** Whether an execution succeeds without this permission. If so, its output says which permission is missing. */
function isTolerated({ role, actions }: Grant): boolean {
  return /ReportFunctionRole/.test(role) || /^servicequotas:listServiceQuotas$/i.test(actions.join());
}

/** Permissions that only a stopped execution needs. */
const STOPPING: Readonly<Record<string, Scenario>> = {
  'sagemaker:StopHyperParameterTuningJob': 'stop the tuning job',
  'sagemaker:StopTrainingJob': 'stop the final training job',
};

/** Permissions that only a stopped execution needs, in an app with a transform job. */
const STOPPING_TRANSFORM: Readonly<Record<string, Scenario>> = {
  ...STOPPING,
  'sagemaker:StopTransformJob': 'stop the transform job',
};

interface MutatedApp {
  readonly name: string;
  readonly synthesize: (folder: string) => StackAssembly;
  /** Input of the execution. @default - one training job */
  readonly input?: Json;
  /** Whether to run this app without the grant. False if an earlier app already tests the same grant. */
  readonly tries: (grant: Grant) => boolean;
  /**
   * In statements with several resources, the resources to remove one at a time. @default - only actions are removed
   */
  readonly resources?: RegExp;
  readonly scenarioOf: (grant: Grant) => Scenario;
  /** Permissions that only a stopped execution needs. @default STOPPING */
  readonly stopping?: Readonly<Record<string, Scenario>>;
  /**
   * Other grants to remove together with this grant. The run needs this grant only if the other grants are missing.
   */
  readonly alsoWithout?: (grant: Grant, all: readonly Grant[]) => readonly Grant[];
}

const APPS: readonly MutatedApp[] = [
  {
    name: 'the app of this project',
    synthesize: tuningApp,
    tries: () => true,
    scenarioOf: ({ actions }) => (actions.length === 1 && STOPPING[actions[0] ?? '']) || 'run',
  },
  {
    name: 'an app with a KMS key',
    synthesize: encryptedApp,
    tries: ({ actions }) => actions.every((action) => action.startsWith('kms:')),
    scenarioOf: () => 'run',
  },
  {
    name: 'an app that prepares the data of its final training',
    synthesize: preparingApp,
    tries: ({ role }) => /PrepareFinalTraining/.test(role),
    scenarioOf: () => 'run',
  },
  {
    name: 'an app that evaluates and registers its final model',
    synthesize: registeringApp,
    tries: ({ role, actions }) =>
      /EvaluateModel|ModelRole/.test(role) ||
      (/StateMachineRole/.test(role) && actions.some((action) => /Model|Transform|PassRole/i.test(action))),
    scenarioOf: ({ actions }) => (actions.length === 1 && STOPPING_TRANSFORM[actions[0] ?? '']) || 'run',
    stopping: STOPPING_TRANSFORM,
  },
  {
    name: 'a fleet',
    synthesize: fleetApp,
    input: {},
    tries: ({ role, actions, statement = '' }) =>
      /ListItemsFunction|SummarizeFunction/.test(role) ||
      (/StateMachineRole/.test(role) &&
        (/model-package/.test(statement) ||
          actions.every((action) => /^(s3:|servicequotas:|sagemaker:listModelPackageGroups)/.test(action)))),
    resources: /successes/,
    // The second execution reads the records of the first one.
    scenarioOf: ({ role, place, actions }) =>
      /ListItems/.test(role) && (/only/.test(place) || actions.join() === 'kms:Decrypt')
        ? 'run twice'
        : 'run',
  },
  {
    name: 'an app that waits for its tuning job with the AWS SDK integration',
    synthesize: pollingApp,
    tries: ({ role }) => /StateMachineRole|StopAbandonedJobs/.test(role),
    scenarioOf: ({ role, actions }) =>
      /StopAbandonedJobs/.test(role)
        ? 'stop the tuning job'
        : (actions.includes('sagemaker:StopTrainingJob') &&
            actions.length === 1 &&
            STOPPING[actions[0] ?? '']) ||
          'run',
    // The state machine stops a tuning job only if it can no longer describe the job.
    alsoWithout: ({ role, actions }, all) =>
      /StateMachineRole/.test(role) && /^sagemaker:stopHyperParameterTuningJob$/i.test(actions.join())
        ? all.filter(
            (each) =>
              each.role === role && /^sagemaker:describeHyperParameterTuningJob$/i.test(each.actions.join()),
          )
        : [],
  },
];

const ONE_JOB = { maxTrainingJobs: 1 };

const folder = temporaryFolder();
const inTurn = inTurns(2);
const running = new Set<Promise<Outcome>>();
/** The grants of all apps, which are synthesized while Jest collects the tests. */
const allGrants: Grant[] = [];
let runs: PermissionRuns;

beforeAll(async () => {
  runs = await PermissionRuns.start(2);
});

afterAll(async () => {
  await Promise.allSettled(running);
  await runs.close();
  rmSync(folder, { recursive: true, force: true });
});

describe.each(APPS)(
  '$name',
  ({
    synthesize,
    input = ONE_JOB,
    tries,
    resources,
    scenarioOf,
    stopping = STOPPING,
    alsoWithout = () => [],
  }) => {
    const app = synthesize(`${folder}/${APPS.findIndex((each) => each.synthesize === synthesize)}`);
    const grants = grantsOf(app.template);
    allGrants.push(...grants);
    const single = resources ? resourceGrants(app.template, resources) : [];
    const needed = [...grants, ...single].filter((grant) => tries(grant) && !isListed(grant));
    const outcomes = new Map<Grant | Scenario, Promise<Outcome>>();

    // Runs two apps at a time: while a test waits for its run, the next run has already started.
    beforeAll(() => {
      const start = (removed: readonly Grant[], scenario: Scenario): Promise<Outcome> => {
        const changed = { ...app, template: without(app.template, removed) };
        const outcome = inTurn(() => runs.run(changed, input, scenario));
        running.add(outcome);
        return outcome;
      };
      for (const scenario of ['run', ...Object.values(stopping)] as const) {
        outcomes.set(scenario, start(grants.filter(isListed), scenario));
      }
      for (const grant of needed) {
        outcomes.set(grant, start([grant, ...alsoWithout(grant, grants)], scenarioOf(grant)));
      }
    });

    test('succeeds, or stops its jobs if it is stopped, without the permissions that no run needs', async () => {
      expect(await outcomes.get('run')).toMatchObject({ status: 'SUCCEEDED' });
      for (const scenario of Object.values(stopping)) {
        const outcome = (await outcomes.get(scenario)) as Outcome;
        expect({ scenario, status: outcome.status }).toEqual({ scenario, status: 'ABORTED' });
        expect(refusedActions(outcome)).toEqual([]);
      }
    });

    test.each(needed.map((grant) => [titleOf(grant), grant] as const))('%s', async (_title, grant) => {
      const outcome = (await outcomes.get(grant)) as Outcome;
      if (!isTolerated(grant)) expect(outcome.status).not.toBe('SUCCEEDED');
      expect(refusedActions(outcome)).toContainEqual(expect.stringMatching(anyOf(grant.actions)));
    });
  },
);

test.each(NOT_NEEDED)('at least one app has a grant with the reason "$reason"', ({ role, actions }) => {
  const has = (grant: Grant) => role.test(grant.role) && grant.actions.some((each) => actions.test(each));
  expect(allGrants.some(has)).toBe(true);
});

/** Whether all actions of a grant are listed as not needed. */
function isListed({ role, actions, statement = '' }: Grant): boolean {
  return actions.every((action) =>
    NOT_NEEDED.some(
      (entry) =>
        entry.role.test(role) && entry.actions.test(action) && (entry.statement?.test(statement) ?? true),
    ),
  );
}

function titleOf({ role, place, actions }: Grant): string {
  return `${role} without ${actions.join(', ')} (${place})`;
}

/** The actions that were refused. */
function refusedActions({ told }: Outcome): string[] {
  const refusals = told.matchAll(/is not authorized to perform: ([\w:]+) on resource: /g);
  return [...refusals].map(([, action]) => String(action));
}

/** A regular expression for all actions that one of these IAM patterns matches. */
function anyOf(patterns: readonly string[]): RegExp {
  return new RegExp(`^(${patterns.map((each) => each.replaceAll('*', '.*')).join('|')})$`, 'i');
}
