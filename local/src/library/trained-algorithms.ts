import type { TrainedAlgorithm } from '../training';

/** The properties of a task's algorithm that are known from the definition. */
export interface PlannedAlgorithm extends TrainedAlgorithm {
  /**
   * Set if it is unknown whether the task runs a program, because the task's hyperparameters are an expression. The
   * source of the expression does not contain `sagemaker_program`, but its value may.
   */
  readonly mayRunProgram?: true;
}

/**
 * The algorithms that a state machine's tasks train. Each has an image and, in script mode, the user's program. If the
 * hyperparameters of a task are an expression, as for a final training, the program may be unknown. Such a task is left
 * out if another task runs a program on the same image, because both probably run the same program.
 */
export function trainedAlgorithms(definition: unknown): PlannedAlgorithm[] {
  const found = algorithmsIn(definition);
  const runsProgram = (image: string) =>
    found.some(
      (each) => each.trainingImage === image && each.hyperparameters.sagemaker_program !== undefined,
    );
  return found.filter(({ mayRunProgram, trainingImage }) => !mayRunProgram || !runsProgram(trainingImage));
}

/** The images of training jobs and models in a definition; undefined for an image given by an expression. */
export function usedImages(definition: unknown): (string | undefined)[] {
  if (typeof definition !== 'object' || definition === null) return [];
  const {
    AlgorithmSpecification: algorithm,
    PrimaryContainer: primary,
    Containers: several,
  } = definition as Members;
  const below = Object.values(definition).flatMap(usedImages);
  const users = [algorithm, primary, ...[several].flat()].filter((each) => each !== undefined);
  return [...users.flatMap(imageOf), ...below];
}

/** The image of an algorithm or a container; empty if the definition names no image. */
function imageOf(user: unknown): (string | undefined)[] {
  if (typeof user === 'string') return [undefined];
  const { TrainingImage: training, Image: serving } = user as Members;
  const image = training ?? serving;
  if (typeof image !== 'string') return [];
  return [image.startsWith('{%') || image.startsWith('$') ? undefined : image];
}

/**
 * Matches the hyperparameters that name the program or enable a kind of distributed training, in a map or in the source
 * of an expression. A value may be a JSON string, with additional quotes.
 */
const KNOWN_HYPERPARAMETERS = /\b(sagemaker_program|sagemaker_\w+_enabled)["'\\]*\s*:\s*["'\\]+([^"'\\]+)/g;

function algorithmsIn(definition: unknown): PlannedAlgorithm[] {
  if (typeof definition !== 'object' || definition === null) return [];
  const members = definition as Record<string, unknown>;
  const image = (members.AlgorithmSpecification as { TrainingImage?: unknown } | undefined)?.TrainingImage;
  const below = Object.values(members).flatMap(algorithmsIn);
  if (typeof image !== 'string' || image.startsWith('{%')) return below;
  const hyperparameters = members.StaticHyperParameters ?? members.HyperParameters;
  const text = typeof hyperparameters === 'string' ? hyperparameters : JSON.stringify(hyperparameters);
  const known = Object.fromEntries(
    [...(text ?? '').matchAll(KNOWN_HYPERPARAMETERS)].map(([, name = '', value = '']) => [name, value]),
  );
  const program = known.sagemaker_program;
  const channels = knownChannels(members.InputDataConfig);
  const pipedChannels = channelsInPipeMode(members);
  return [
    {
      trainingImage: image,
      hyperparameters: known,
      ...(channels.length > 0 && { channels }),
      ...(pipedChannels.length > 0 && { pipedChannels }),
      ...(program === undefined && typeof hyperparameters === 'string' && { mayRunProgram: true }),
    },
    ...below,
  ];
}

/** Channels whose S3 location does not depend on the execution. */
function knownChannels(inputDataConfig: unknown): { name: string; s3Uri: string }[] {
  if (!Array.isArray(inputDataConfig)) return [];
  return (inputDataConfig as Channel[]).flatMap(({ ChannelName: name, DataSource: source }) => {
    const s3Uri = source?.S3DataSource?.S3Uri;
    return typeof s3Uri === 'string' && !s3Uri.startsWith('{%') ? [{ name: String(name), s3Uri }] : [];
  });
}

function channelsInPipeMode({
  InputDataConfig: channels,
  AlgorithmSpecification: algorithm,
}: Members): string[] {
  const inputMode = (algorithm as { TrainingInputMode?: unknown } | undefined)?.TrainingInputMode;
  return Array.isArray(channels)
    ? (channels as Channel[])
        .filter((channel) => (channel.InputMode ?? inputMode) === 'Pipe')
        .map(({ ChannelName: name }) => String(name))
    : [];
}

type Members = Readonly<Record<string, unknown>>;

/** The fields of a channel that this module reads. */
interface Channel {
  readonly InputMode?: unknown;
  readonly ChannelName?: unknown;
  readonly DataSource?: { readonly S3DataSource?: { readonly S3Uri?: unknown } };
}
