import { parseImage } from '../image-uri';

/** A command of this machine that stands for an image. */
export interface ImageCommand {
  readonly command: readonly [string, ...string[]];
  /** Folder to run it in. */
  readonly cwd: string;
}

/** The command mapped to an image: by its whole URI, or by its repository. */
export function commandOf(
  commands: ReadonlyMap<string, ImageCommand>,
  trainingImage: string,
): ImageCommand | undefined {
  const { repository, tag } = parseImage(trainingImage);
  return commands.get(trainingImage) ?? commands.get(`${repository}:${tag}`) ?? commands.get(repository);
}
