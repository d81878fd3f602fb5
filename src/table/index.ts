export { createBinner, LocalBinner } from './binner';
export { decodeColumns, type IColumns } from './decode';
export { MemorySource, textColumn } from './memory';
export type * from './requests';
export { Selection, type Range } from './selection';
export type * from './source';
export { murmur3, splitPart, splitU } from './splitHash';
export { WindowModel, type IQuery } from './windows';
