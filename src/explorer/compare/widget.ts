import { ReactWidget } from '@jupyterlab/ui-components';
import { createElement } from 'react';
import { Compare, type ICompareProps } from './Compare';

/** A comparison as a widget; it loads its model, and disposes of it with itself. */
export class CompareWidget extends ReactWidget {
  constructor(readonly props: ICompareProps) {
    super();
    this.addClass('tsm-ExplorerWidget');
    void props.model.load();
  }

  override dispose(): void {
    if (!this.isDisposed) {
      super.dispose();
      this.props.model.dispose();
    }
  }

  protected render(): JSX.Element {
    return createElement(Compare, this.props);
  }
}
