export { pythonOf } from './code';
export { Explorer, type IExplorerProps } from './Explorer';
export { ExplorerModel, type IExplorerOptions } from './model';
export type { IDecision } from './why/explanation';
export { troubleOf, type ITrouble } from './trouble';
export { ExplorerWidget } from './widget';
export type { View, ViewKind } from './views';
