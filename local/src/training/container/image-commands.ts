import { UserError } from '../../user-error';
import { parseImage } from '../image-uri';

/** A command on this machine that replaces an image. */
export interface ImageCommand {
  readonly command: readonly [string, ...string[]];
  /** Working folder of the command. */
  readonly cwd: string;
}

/**
 * Refuses a command for an image that no job or model uses, because the name of the image is probably a typo.
 *
 * @param images images of training jobs and models; undefined for an image that is known only at run time
 * @throws UserError with the names of the images
 */
export function checkImageCommands(
  commands: ReadonlyMap<string, ImageCommand>,
  images: readonly (string | undefined)[],
): void {
  if (images.includes(undefined)) return;
  const known = [...new Set(images.flatMap((image) => image ?? []))];
  for (const [name, command] of commands) {
    const one = new Map([[name, command]]);
    if (known.some((image) => commandOf(one, image) !== undefined)) continue;
    const names = [...new Set(known.map((image) => parseImage(image).repository))];
    throw new UserError(
      `--image-command ${name}=...: no state machine uses this image. Images in use: ` +
        `${names.join(', ') || 'none'}`,
    );
  }
}

/** The command that replaces an image, found by full URI or by repository. */
export function commandOf(
  commands: ReadonlyMap<string, ImageCommand>,
  trainingImage: string,
): ImageCommand | undefined {
  const { repository, tag } = parseImage(trainingImage);
  return commands.get(trainingImage) ?? commands.get(`${repository}:${tag}`) ?? commands.get(repository);
}

/**
 * Explains that an image needs Docker or a command, and how to provide either of them.
 *
 * @param subject the name of the image in the message, such as `the training image`
 */
export function noWayToRun(subject: string, image: string): string {
  const { repository } = parseImage(image);
  return (
    `local mode cannot run ${subject} "${image}": install and start Docker, or map a command of this ` +
    `machine to the image, with --image-command ${repository}=<command>`
  );
}
