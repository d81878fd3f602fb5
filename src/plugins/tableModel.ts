import { TextModelFactory } from '@jupyterlab/docregistry';

/** A document whose file is not read into the browser: the engine reads it, and sends what is looked at. */
export class TableModelFactory extends TextModelFactory {
  constructor() {
    super(false);
  }

  override get name(): string {
    return 'tsm-table';
  }

  /** No format: the file's content isn't asked for. */
  override get fileFormat(): TextModelFactory['fileFormat'] {
    return null as never;
  }
}
