import { writeFileSync } from 'node:fs';
import { explainError } from '../../src/report/explain-error';
import { UserError } from '../../src/user-error';

test('an error that the user can fix has no stack trace, and says what to do', () => {
  expect(explainError(new UserError('No such stack.'))).toBe('No such stack.');
  expect(explainError(systemError(() => writeFileSync('/dev/full', 'x')))).toBe(
    'ENOSPC: no space left on device, write: free disk space, or choose a folder on another disk with --root <folder>',
  );
});

test('a bug in local mode is shown with its stack trace', () => {
  expect(explainError(new Error('a fault'))).toMatch(/^Error: a fault\n {4}at /);
});

function systemError(action: () => void): unknown {
  try {
    return action();
  } catch (error) {
    return error;
  }
}
