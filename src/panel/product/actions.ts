import type { IProduct } from '../../api';

/** What a product's page asks of the application. */
export interface IProductActions {
  explore(product: IProduct): void;
  useAsInput(product: IProduct): void;
  /** Another product, in a page of its own. */
  open(product: IProduct): void;
  /** Compare two versions of a catalogue, object by object. */
  changes(before: IProduct, after: IProduct): void;
  /** Go on with the upload of a draft; not given where nothing offers that. */
  resume?: (product: IProduct) => void;
  openProcess(id: number): void;
  /** Ask whether to delete, and do so. */
  delete(): void;
  /** Ask which files, and add them. */
  attach(role: number): void;
  removeFile(id: number, name: string): void;
  download(main: boolean): void;
  /** Show a file in the file browser. */
  reveal(path: string): void;
}
