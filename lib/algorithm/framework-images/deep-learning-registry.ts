import type { ImageRegistry } from '../image-facts';

// Registry accounts of the AWS Deep Learning Containers, by region. Each region has one account, but not every image is
// available in every region. In this file, each region is listed once.

/** Regions that have all images of this file. */
const COMMON: Readonly<Record<string, string>> = {
  'af-south-1': '626614931356',
  'ap-east-1': '871362719292',
  'ap-northeast-1': '763104351884',
  'ap-northeast-2': '763104351884',
  'ap-northeast-3': '364406365360',
  'ap-south-1': '763104351884',
  'ap-southeast-1': '763104351884',
  'ap-southeast-2': '763104351884',
  'ap-southeast-3': '907027046896',
  'ca-central-1': '763104351884',
  'ca-west-1': '204538143572',
  'cn-north-1': '727897471807',
  'cn-northwest-1': '727897471807',
  'eu-central-1': '763104351884',
  'eu-north-1': '763104351884',
  'eu-south-1': '692866216735',
  'eu-west-1': '763104351884',
  'eu-west-2': '763104351884',
  'eu-west-3': '763104351884',
  'il-central-1': '780543022126',
  'me-central-1': '914824155844',
  'me-south-1': '217643126080',
  'sa-east-1': '763104351884',
  'us-east-1': '763104351884',
  'us-east-2': '763104351884',
  'us-gov-east-1': '446045086412',
  'us-gov-west-1': '442386744353',
  'us-west-1': '763104351884',
  'us-west-2': '763104351884',
};

/** Additional regions of the PyTorch and TensorFlow images. */
const FURTHER: Readonly<Record<string, string>> = {
  'ap-east-2': '975050140332',
  'ap-south-2': '772153158452',
  'ap-southeast-4': '457447274322',
  'ap-southeast-5': '550225433462',
  'ap-southeast-6': '633930458069',
  'ap-southeast-7': '590183813437',
  'eu-central-2': '380420809688',
  'eu-south-2': '503227376785',
  'mx-central-1': '637423239942',
};

/** The region that was added with the image of PyTorch 2.8.0. */
const SINCE_PYTORCH_2_8: Readonly<Record<string, string>> = {
  'me-west-1': '124382933778',
};

/** Regions of the isolated partitions, which also have the Hugging Face images. */
const ISOLATED: Readonly<Record<string, string>> = {
  'us-iso-east-1': '886529160074',
  'us-isob-east-1': '094389454867',
};

/** Regions that were added with the image of PyTorch 2.9.0. */
const SINCE_PYTORCH_2_9: Readonly<Record<string, string>> = {
  'eu-isoe-west-1': '371248457586',
  'eusc-de-east-1': '204133271717',
  'us-isof-east-1': '303241398832',
  'us-isof-south-1': '454834333376',
};

/** The images of PyTorch up to 2.7.1, and of TensorFlow 2.16.2 to 2.19.0. */
export const DEEP_LEARNING_REGISTRY: ImageRegistry = {
  mappingId: 'SageMakerDeepLearningRegistry',
  accounts: { ...COMMON, ...FURTHER },
};

/** PyTorch 2.8.0. */
export const DEEP_LEARNING_REGISTRY_PYTORCH_2_8: ImageRegistry = {
  mappingId: 'SageMakerDeepLearningRegistryPyTorch28',
  accounts: { ...COMMON, ...FURTHER, ...SINCE_PYTORCH_2_8 },
};

/** The images of PyTorch from 2.9.0, and of TensorFlow from 2.21.0. */
export const DEEP_LEARNING_REGISTRY_2026: ImageRegistry = {
  mappingId: 'SageMakerDeepLearningRegistry2026',
  accounts: { ...COMMON, ...FURTHER, ...SINCE_PYTORCH_2_8, ...ISOLATED, ...SINCE_PYTORCH_2_9 },
};

/** Hugging Face's training images with PyTorch. */
export const HUGGING_FACE_REGISTRY: ImageRegistry = {
  mappingId: 'SageMakerHuggingFaceRegistry',
  accounts: { ...COMMON, ...ISOLATED },
};
