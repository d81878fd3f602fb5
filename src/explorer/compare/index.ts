export { Compare, type ICompareProps } from './Compare';
export { CompareModel, type ICompareOptions } from './model';
export type { IObjects, IObjectsService } from './objects';
export type { PartName } from './part';
export { LETTERS, type ISample, type ITableHandle, type Side } from './samples';
export { CompareWidget } from './widget';
