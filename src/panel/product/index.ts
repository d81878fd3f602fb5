export { citation, sharedName } from './cite';
export { type IProductBackend, type IServer, ProductModel } from './model';
export type { IProductActions } from './actions';
export { ProductWidget } from './widget';
