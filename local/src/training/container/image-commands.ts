import { UserError } from '../../user-error';
import { parseImage } from '../image-uri';

/** A command of this machine that stands for an image. */
export interface ImageCommand {
  readonly command: readonly [string, ...string[]];
  /** Folder to run it in. */
  readonly cwd: string;
}

/**
 * Refuses commands for images that nothing is trained in: a name that was mistyped.
 *
 * @param images what is trained in; undefined among them is an image that only the execution tells
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
      `--image-command ${name}=...: no state machine trains in an image of that name. They train in: ` +
        `${names.join(', ') || 'none'}`,
    );
  }
}

/** The command mapped to an image: by its whole URI, or by its repository. */
export function commandOf(
  commands: ReadonlyMap<string, ImageCommand>,
  trainingImage: string,
): ImageCommand | undefined {
  const { repository, tag } = parseImage(trainingImage);
  return commands.get(trainingImage) ?? commands.get(`${repository}:${tag}`) ?? commands.get(repository);
}
