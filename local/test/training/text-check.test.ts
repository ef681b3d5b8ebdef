import { execFileSync } from 'node:child_process';
import { PYTHON_FOLDER } from '../../src/training/python-process';
import { defaultEnvironment, SETUP_TIMEOUT, temporaryFolder } from './support';

let python: string;

beforeAll(async () => {
  ({ python } = await defaultEnvironment());
}, SETUP_TIMEOUT);

/** Checks random files twice. The second check does not use the shortcut for chunks of plain numbers. */
const COMPARE = `
import json, os, random, sys
sys.path.insert(0, sys.argv[1])
import text_check

FIELDS = ("1 -2.5 +3 0.25 .5 5. -.5 1e5 1E-05 -2.5e+10 12345.678 nan -inf".split()
          + [""] + "1.2.3 e5 1e 1e5.5 1e.5 --1 1-2 -e5 . - abc 5x 1e2e3 1\\r2 True".split())
random = random.Random(1)
path = os.path.join(sys.argv[2], "data.csv")
are_in = text_check._PlainNumbers.are_in
plain, counts = [], {"good": 0, "bad": 0, "plain": 0}

def note(self, chunk, columns):
    plain.append(are_in(self, chunk, columns))
    return plain[-1]

for number in range(800):
    text_check._CHUNK = random.choice([7, 16, 1 << 20])
    usual = random.choice([12, 14, len(FIELDS)])  # numbers; these and nothing; all
    columns, separator = random.choice([1, 2, 3, 5]), random.choice([",", "\\t", " ", ";"])
    lines = [[random.choice(FIELDS[:usual]) for _ in range(columns)] for _ in range(random.choice([1, 2, 9]))]
    if random.random() < 0.2:
        random.choice(lines).append("1")
    if random.random() < 0.1:
        lines.insert(random.randrange(len(lines) + 1), [])
    end = random.choice(["\\n", "\\r\\n"])
    text = end.join(map(separator.join, lines)) + random.choice(["", end])
    with open(path, "wb") as file:
        file.write(text.encode())
    text_check._PlainNumbers.are_in = note
    plain.clear()
    found = text_check.check_csv(path, separator)
    text_check._PlainNumbers.are_in = lambda *_: False
    assert found == text_check.check_csv(path, separator), (text, found)
    counts["plain" if plain and all(plain) else "bad" if found[1] else "good"] += 1
print(json.dumps(counts))`;

test('in files that take the shortcut for plain numbers, the check of each field finds no fault either', () => {
  const output = execFileSync(python, ['-c', COMPARE, PYTHON_FOLDER, temporaryFolder()], {
    encoding: 'utf8',
  });
  const counts = JSON.parse(output) as Record<string, number>;
  for (const count of Object.values(counts)) expect(count).toBeGreaterThan(80);
});

/** Checks 8 MB as a worker does before its jobs fork. Prints the number of page faults, and the error that it found. */
const FAULTS = `
import json, os, resource, sys
sys.path.insert(0, sys.argv[1])
import forked_jobs, text_check

path = os.path.join(sys.argv[2], "data.csv")
with open(path, "wb") as file:
    file.write(b"1,0.25,3.5\\n" * 800_000)
forked_jobs.return_freed_memory()
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
text_check.check_csv(path, ",")
faults = resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before
with open(path, "ab") as file:
    file.write(b"1," + b"2" * 1_000_000 + b",3\\n1,x,3\\n")
print(json.dumps({"faults": faults, "found": text_check.check_csv(path, ",")[1]}))`;

const onGlibc = process.platform === 'linux' ? test : test.skip;

onGlibc(
  'the check of a large file reuses memory, and the line numbers are right even after a very long line',
  () => {
    const output = execFileSync(python, ['-c', FAULTS, PYTHON_FOLDER, temporaryFolder()], {
      encoding: 'utf8',
    });
    const { faults, found } = JSON.parse(output) as { faults: number; found: string };
    // With chunks of 1 MiB, there were 18,000 page faults.
    expect(faults).toBeLessThan(1000);
    expect(found).toContain('line 800002, column 2');
  },
);
