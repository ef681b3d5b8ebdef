import type { TrainedAlgorithm } from './training';

/**
 * What a state machine's tasks train, as far as its definition tells: the images, and whether a program of the
 * user's own runs in them. Hyperparameters are mostly expressions, of which nothing else is known yet.
 */
export function trainedAlgorithms(definition: unknown): TrainedAlgorithm[] {
  if (typeof definition !== 'object' || definition === null) return [];
  const members = definition as Record<string, unknown>;
  const image = (members.AlgorithmSpecification as { TrainingImage?: unknown } | undefined)?.TrainingImage;
  const below = Object.values(members).flatMap(trainedAlgorithms);
  if (typeof image !== 'string' || image.startsWith('{%')) return below;
  const hyperparameters = members.StaticHyperParameters ?? members.HyperParameters;
  const program = /\bsagemaker_program["']*\s*:\s*["']+([^"']+)/.exec(
    (typeof hyperparameters === 'string' ? hyperparameters : JSON.stringify(hyperparameters)) ?? '',
  )?.[1];
  const channels = knownChannels(members.InputDataConfig);
  return [
    {
      trainingImage: image,
      hyperparameters: program === undefined ? {} : { sagemaker_program: program },
      ...(channels.length > 0 && { channels }),
    },
    ...below,
  ];
}

/** Channels whose place does not depend on the execution. */
function knownChannels(inputDataConfig: unknown): { name: string; s3Uri: string }[] {
  if (!Array.isArray(inputDataConfig)) return [];
  return (inputDataConfig as Channel[]).flatMap(({ ChannelName: name, DataSource: source }) => {
    const s3Uri = source?.S3DataSource?.S3Uri;
    return typeof s3Uri === 'string' && !s3Uri.startsWith('{%') ? [{ name: String(name), s3Uri }] : [];
  });
}

/** As much of a channel in a definition as is read here. */
interface Channel {
  readonly ChannelName?: unknown;
  readonly DataSource?: { readonly S3DataSource?: { readonly S3Uri?: unknown } };
}
