import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { UserError } from '../user-error';

/** Programs that open a file with what the user opens such files with. */
const OPENERS: Readonly<Record<string, readonly [program: string, ...args: string[]]>> = {
  darwin: ['open'],
  // "start" is a part of a shell, which would read the name of a file.
  win32: ['rundll32', 'url.dll,FileProtocolHandler'],
};

/** The command that opens a file or a URL on a platform. */
export function openCommand(target: string, platform: NodeJS.Platform): [program: string, args: string[]] {
  const [program, ...args] = OPENERS[platform] ?? ['xdg-open'];
  return [program, [...args, target]];
}

/** Opens a file as a double click would. @throws UserError when this machine has nothing to do so */
export async function openFile(path: string, platform: NodeJS.Platform = process.platform): Promise<void> {
  const [program, args] = openCommand(path, platform);
  try {
    const child = spawn(program, args, { stdio: 'ignore', detached: true });
    await once(child, 'spawn');
    child.unref();
  } catch (error) {
    throw new UserError(`${program} cannot be started (${(error as Error).message}): open ${path} yourself.`);
  }
}
