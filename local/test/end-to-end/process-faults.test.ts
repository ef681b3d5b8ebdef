import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { testFault, testFaultIfAll } from './fault-table';
import {
  completedIn,
  expectWhole,
  synthesizeInterruptedWorkflow,
  TRAINING_JOBS,
  timesTrained,
  until,
} from './interrupted-workflow';
import {
  onlyExecutionIn,
  runInShell,
  startCommand,
  startLocalMode,
  temporaryFolder,
  trainingJobsIn,
  tuningJobsIn,
} from './support';

let assembly: string;

beforeAll(() => {
  assembly = synthesizeInterruptedWorkflow();
});

/** The child processes that run a script of local mode. */
function helpersOf(processId: number, script: string): number[] {
  const lines = execFileSync('ps', ['-A', '-o', 'ppid=,pid=,stat=,args='], { encoding: 'utf8' }).split('\n');
  return lines.flatMap((line) => {
    const [parent, child, state, ...words] = line.trim().split(/\s+/);
    const isHelper = Number(parent) === processId && !state?.startsWith('Z');
    return isHelper && words.join(' ').includes(script) ? [Number(child)] : [];
  });
}

function killHelpers(processId: number, script: string): number {
  const helpers = helpersOf(processId, script);
  // `kill` throws if the helper has ended and local mode has already collected its exit status.
  const killed = helpers.filter((helper) => {
    try {
      return process.kill(helper, 'SIGKILL');
    } catch {
      return false;
    }
  });
  return killed.length;
}

describe('a helper process that is killed', () => {
  testFault('kill -9 of the sampler, three times', async () => {
    const root = temporaryFolder();
    const run = startLocalMode(assembly, root);
    for (const completed of [1, 4, 8]) {
      await completedIn(root, completed);
      await until(() => killHelpers(run.processId, 'sampler.py') > 0);
    }
    const { exitCode, output } = await run.ended;
    expect({ exitCode, output }).toEqual({ exitCode: 0, output });
    expect(output.match(/Restarting the search process: .*SIGKILL/g)).toHaveLength(3);
    expectWhole(root, timesTrained(root), output);
    return `succeeds with all ${TRAINING_JOBS} training jobs; prints a notice for each kill`;
  });

  testFaultIfAll('kill -9 of the sampler again after each restart', async () => {
    const root = temporaryFolder();
    const run = startLocalMode(assembly, root);
    await completedIn(root, 2);
    const killing = setInterval(() => killHelpers(run.processId, 'sampler.py'), 20);
    const { output } = await run.ended;
    clearInterval(killing);
    const [{ description }] = tuningJobsIn(root) as [ReturnType<typeof tuningJobsIn>[0]];
    expect(description.FailureReason).toMatch(/^InternalServerError: the sampler process .*SIGKILL/);
    expect(output).toMatch(/InternalServerError: the sampler process/);
    expect(Object.values(timesTrained(root)).every((times) => times === 1)).toBe(true);
    return `the tuning job fails with InternalServerError and names the signal; the execution: ${onlyExecutionIn(root).status}`;
  });

  testFault('kill -9 of a training worker', async () => {
    const root = temporaryFolder();
    const run = startLocalMode(assembly, root);
    await completedIn(root, 2);
    // Kills busy and idle workers.
    expect(killHelpers(run.processId, 'xgboost_worker.py')).toBeGreaterThan(0);
    const { exitCode, output } = await run.ended;
    expect({ exitCode, output }).toEqual({ exitCode: 0, output });
    const failed = trainingJobsIn(root).filter(
      ({ description }) => description.TrainingJobStatus === 'Failed',
    );
    for (const { description } of failed) {
      expect(description.FailureReason).toMatch(/^AlgorithmError: .*SIGKILL.*, exit code: 137$/);
    }
    expect(failed.length).toBeLessThan(3);
    expect(Object.values(timesTrained(root)).every((times) => times === 1)).toBe(true);
    return `succeeds; ${failed.length} of ${TRAINING_JOBS} training jobs failed with AlgorithmError and exit code 137`;
  });
});

describe('the system clock is changed while jobs train', () => {
  const DAY_MS = 24 * 3600 * 1000;
  const jumping = (milliseconds: number) => {
    const flag = join(temporaryFolder(), 'flag');
    return {
      jump: () => writeFileSync(flag, ''),
      variables: {
        NODE_OPTIONS: `--require ${join(__dirname, 'jumping-clock.cjs')}`,
        CLOCK_FLAG: flag,
        CLOCK_JUMP_MS: String(milliseconds),
      },
    };
  };

  /** Checks that no duration is negative or longer than the test. */
  const expectSaneTimes = (root: string) => {
    for (const { description } of trainingJobsIn(root)) {
      const { TrainingTimeInSeconds: seconds = 0, BillableTimeInSeconds: billable = seconds } = description;
      expect(seconds).toBeGreaterThanOrEqual(0);
      expect(billable).toBeGreaterThanOrEqual(0);
    }
  };

  for (const [direction, milliseconds] of [
    ['forward', DAY_MS],
    ['back', -DAY_MS],
  ] as const) {
    const testClock = direction === 'back' ? testFault : testFaultIfAll;
    testClock(`the clock jumps a day ${direction}`, async () => {
      const root = temporaryFolder();
      const { jump, variables } = jumping(milliseconds);
      const run = startCommand(['run', '--root', root, '--assembly', assembly], variables);
      await completedIn(root, 3);
      const before = timesTrained(root);
      jump();
      const { exitCode, output } = await run.ended;
      expect({ exitCode, output }).toEqual({ exitCode: 0, output });
      expectWhole(root, before, output);
      expectSaneTimes(root);
      expect(output).not.toMatch(/-\d+(\.\d+)? s\b|NaN/);
      return 'succeeds; no negative time';
    });

    testClock(`kill -9, the clock jumps a day ${direction}, resume`, async () => {
      const root = temporaryFolder();
      const run = startLocalMode(assembly, root);
      await completedIn(root, 3);
      run.kill();
      await run.ended;
      const before = timesTrained(root);
      const { jump, variables } = jumping(milliseconds);
      jump();
      const { exitCode, output } = await startCommand(['resume', '--root', root], variables).ended;
      expect({ exitCode, output }).toEqual({ exitCode: 0, output });
      expectWhole(root, before, output);
      expectSaneTimes(root);
      expect(output).not.toMatch(/-\d+(\.\d+)? s\b|NaN/);
      return 'resume succeeds; no negative time';
    });
  }
});

describe('a disk that is full', () => {
  /** Runs a shell script with a small empty disk at $ROOT. @returns undefined if such a disk cannot be created here */
  const onSmallDisk = async (megabytes: number, script: string): Promise<string | undefined> => {
    const outside = temporaryFolder();
    const inside = temporaryFolder();
    const file = join(outside, 'script.sh');
    const mount = `mount -t tmpfs -o size=${megabytes}m none '${inside}' || exit 77`;
    const local = `local_mode() { '${process.execPath}' --require ./scripts/typescript.cjs local/src/cli.ts "$@"; }`;
    writeFileSync(file, `${mount}\nROOT='${inside}' OUT='${outside}' \n${local}\n${script}\n`);
    // In its own mount namespace, any user can mount a disk. The disk disappears when the last process of this
    // namespace ends.
    const { exitCode, output } = await runInShell(`unshare --map-root-user --mount sh '${file}'`);
    if (exitCode !== 0 && /unshare|mount/.test(output)) return undefined;
    expect({ exitCode, output }).toEqual({ exitCode: 0, output });
    return outside;
  };
  const NO_DISK = 'not run: users cannot mount a disk on this machine';
  const text = (folder: string, name: string) => readFileSync(join(folder, name), 'utf8');

  testFault(
    'the disk fills up while jobs train, and the execution is resumed when there is space',
    async () => {
      const folder = await onSmallDisk(
        40,
        `local_mode run --root "$ROOT" --assembly '${assembly}' >"$OUT/run" 2>&1 &
run=$!
until [ "$(grep -l '"TrainingJobStatus": "Completed"' "$ROOT"/sagemaker/training-jobs/*.json 2>/dev/null | wc -l)" -ge 3 ] || ! kill -0 $run; do sleep 0.02; done
dd if=/dev/zero of="$ROOT/filler" bs=4k 2>/dev/null
wait $run
echo $? >"$OUT/run-status"
rm "$ROOT/filler"
cp -a "$ROOT" "$OUT/before"
local_mode resume --root "$ROOT" >"$OUT/resume" 2>&1
echo $? >"$OUT/resume-status"
cp -a "$ROOT" "$OUT/after"`,
      );
      if (folder === undefined) return NO_DISK;
      const output = text(folder, 'run');
      expect(text(folder, 'run-status')).toBe('1\n');
      expect(output).toMatch(/ENOSPC|[Nn]o space left on device/);
      expect(output).toMatch(/resume --root /);
      expect(output).not.toMatch(/^\s+at \S/m);
      const resumed = text(folder, 'resume');
      expect({ status: text(folder, 'resume-status'), resumed }).toEqual({ status: '0\n', resumed });
      const after = join(folder, 'after');
      expect(onlyExecutionIn(after)).toMatchObject({ status: 'SUCCEEDED' });
      expect(tuningJobsIn(after)).toHaveLength(1);
      expect(timesTrained(after)).toMatchObject(timesTrained(join(folder, 'before')));
      const failed = trainingJobsIn(after).filter(
        ({ description }) => description.TrainingJobStatus === 'Failed',
      );
      expect(trainingJobsIn(after)).toHaveLength(TRAINING_JOBS + 1);
      expect(failed).toEqual([]);
      return 'ends with the reason and what to do; resume succeeds, no job fails, none runs twice';
    },
  );

  testFaultIfAll('the disk is full when the app is synthesized', async () => {
    const folder = await onSmallDisk(
      1,
      `dd if=/dev/zero of="$ROOT/filler" bs=1k count=900 2>/dev/null
local_mode run --project examples/script --root "$ROOT/root" >"$OUT/run" 2>&1
echo $? >"$OUT/run-status"`,
    );
    if (folder === undefined) return NO_DISK;
    expect(text(folder, 'run-status')).toBe('1\n');
    expect(text(folder, 'run').trim().split('\n').at(-1)).toMatch(
      /^The disk of \S+ has 0\.\d MB left: free disk space, or choose a folder on another disk with --root\.$/,
    );
    return 'ends with a message that names the full disk and says what to do';
  });
});
