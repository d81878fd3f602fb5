import { ReactWidget } from '@jupyterlab/ui-components';
import { createElement } from 'react';
import { Explorer, type IExplorerProps } from './Explorer';

/** The explorer as a widget; it loads its model, and disposes of it with itself. */
export class ExplorerWidget extends ReactWidget {
  constructor(props: IExplorerProps) {
    super();
    this.addClass('tsm-ExplorerWidget');
    this.props = props;
    if (props.model.info === null) {
      void props.model.load();
    }
  }

  readonly props: IExplorerProps;

  override dispose(): void {
    if (!this.isDisposed) {
      super.dispose();
      this.props.model.dispose();
    }
  }

  protected render(): JSX.Element {
    return createElement(Explorer, this.props);
  }
}
