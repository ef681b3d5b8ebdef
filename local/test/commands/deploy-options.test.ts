import { Command } from 'commander';
import { addDeployOptions, type DeployCommandOptions } from '../../src/commands/app-options';

function parse(...args: string[]): DeployCommandOptions {
  const command = addDeployOptions(
    new Command().exitOverride().configureOutput({ writeErr: () => undefined }),
  );
  command.parse(args, { from: 'user' });
  return command.opts<DeployCommandOptions>();
}

test('spot instances are interrupted only when asked for', () => {
  expect(parse().spotInterruptions).toBeUndefined();
  expect(parse('--spot-interruptions', '0.3').spotInterruptions).toBe(0.3);
  for (const text of ['often', '-1', '']) {
    expect(() => parse('--spot-interruptions', text)).toThrow(/must be a number of 0 or more/);
  }
});
