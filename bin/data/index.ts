export type { CategoryEncoding } from './features';
export type { ProblemType } from './label';
export { bytesOf, CHANNELS, checkFolder } from './local-folder';
export { type Manifest, summaryOf } from './manifest';
export { prepareTable } from './prepare-table';
export type { Output } from './progress';
