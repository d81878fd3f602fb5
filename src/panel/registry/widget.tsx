import { ReactWidget } from '@jupyterlab/ui-components';

import { EntryPage, type IEntryPageProps } from './entry';
import { type IRegistryPageProps, RegistryPage } from './page';
import '../../../style/ui.css';
import '../../../style/figures.css';
import '../../../style/fields.css';
import '../../../style/panel.css';
import '../../../style/page.css';
import '../../../style/registry.css';

abstract class Page extends ReactWidget {
  constructor() {
    super();
    this.addClass('tsm-Page');
    this.addClass('tsm-Registry');
    this.node.tabIndex = -1;
  }

  /** The catalogue that it is about; undefined of the list. */
  abstract readonly entry: string | undefined;
}

/** The list of public catalogues. */
export class RegistryListWidget extends Page {
  constructor(readonly props: IRegistryPageProps) {
    super();
  }

  readonly entry = undefined;

  override dispose(): void {
    this.props.model.dispose();
    super.dispose();
  }

  override render(): JSX.Element {
    return <RegistryPage {...this.props} />;
  }
}

/** The page of one. */
export class RegistryEntryWidget extends Page {
  constructor(readonly props: IEntryPageProps) {
    super();
  }

  get entry(): string {
    return this.props.model.id;
  }

  override dispose(): void {
    this.props.model.dispose();
    super.dispose();
  }

  override render(): JSX.Element {
    return <EntryPage {...this.props} />;
  }
}

export type RegistryWidget = RegistryListWidget | RegistryEntryWidget;
