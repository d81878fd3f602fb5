export { pythonOf } from './code';
export { Explorer, type IExplorerProps } from './Explorer';
export { ExplorerModel, troubleOf, type IExplorerOptions, type ITrouble } from './model';
export { ExplorerWidget } from './widget';
export type { View, ViewKind } from './views';
