import { Command } from 'commander';
import { hint, PROGRAM } from '../../src/commands/help';
import { addRootOptions } from '../../src/commands/root-options';

test.each([
  [[], ''],
  [['--project', 'examples/fleet'], ' --project examples/fleet'],
  [['--root', "/tmp/it's"], ` --root '/tmp/it'\\''s'`],
  [['-p', 'a b', '--root', 'r'], " --project 'a b' --root r"],
])('a hint after %j has the same folder', async (args, expected) => {
  const command = addRootOptions(new Command('list')).action(() => undefined);
  await command.parseAsync(args, { from: 'user' });
  expect(hint('resume')).toBe(`${PROGRAM} resume${expected}`);
});
