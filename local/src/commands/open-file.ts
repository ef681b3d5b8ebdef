import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { UserError } from '../user-error';

/** Programs that open a file with the user's default application. */
const OPENERS: Readonly<Record<string, readonly [program: string, ...args: string[]]>> = {
  darwin: ['open'],
  // Windows's "start" is a shell built-in: the shell would interpret the file name.
  win32: ['rundll32', 'url.dll,FileProtocolHandler'],
};

/** The command that opens a file or a URL on a platform. */
export function openCommand(target: string, platform: NodeJS.Platform): [program: string, args: string[]] {
  const [program, ...args] = OPENERS[platform] ?? ['xdg-open'];
  return [program, [...args, target]];
}

/** Opens a file with its default application. @throws UserError when the command cannot be started */
export async function openFile(path: string, platform: NodeJS.Platform = process.platform): Promise<void> {
  const [program, args] = openCommand(path, platform);
  try {
    const child = spawn(program, args, { stdio: 'ignore', detached: true });
    await once(child, 'spawn');
    child.unref();
  } catch (error) {
    throw new UserError(`Cannot start ${program} (${(error as Error).message}): open ${path} yourself.`);
  }
}
