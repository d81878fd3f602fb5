import { ReactWidget } from '@jupyterlab/ui-components';
import type { Message } from '@lumino/messaging';

import { type IFormProps, ProcessForm } from './form';
import { type IProcessListProps, ProcessList } from './list';
import { type IProcessProps, ProcessPage } from './process';
import '../../../style/ui.css';
import '../../../style/fields.css';
import '../../../style/panel.css';
import '../../../style/recipe-steps.css';
import '../../../style/page.css';
import '../../../style/processes.css';

/** What a tab shows, as it is written down for the next start. */
export type Place =
  | { readonly view: 'new' }
  | { readonly view: 'list' }
  | { readonly view: 'process'; readonly process: number };

/** What follows the server while it is seen. */
interface IFollowing {
  visible: boolean;
}

/** One of the pages. */
export abstract class ProcessesWidget extends ReactWidget {
  constructor(
    readonly place: Place,
    private readonly _following: IFollowing | null = null
  ) {
    super();
    this.addClass('tsm-Page');
    this.addClass('tsm-Processes');
    this.node.tabIndex = -1;
  }

  protected override onAfterAttach(message: Message): void {
    super.onAfterAttach(message);
    this._see(this.isVisible);
  }

  protected override onAfterShow(message: Message): void {
    super.onAfterShow(message);
    this._see(true);
  }

  protected override onAfterHide(message: Message): void {
    super.onAfterHide(message);
    this._see(false);
  }

  private _see(visible: boolean): void {
    if (this._following) {
      this._following.visible = visible;
    }
  }
}

export class NewProcessWidget extends ProcessesWidget {
  constructor(readonly props: IFormProps) {
    super({ view: 'new' });
  }

  override dispose(): void {
    this.props.model.dispose();
    super.dispose();
  }

  override render(): JSX.Element {
    return <ProcessForm {...this.props} />;
  }
}

export class ProcessListWidget extends ProcessesWidget {
  constructor(readonly props: IProcessListProps) {
    super({ view: 'list' }, props.model);
  }

  override dispose(): void {
    this.props.model.dispose();
    super.dispose();
  }

  override render(): JSX.Element {
    return <ProcessList {...this.props} />;
  }
}

export class ProcessWidget extends ProcessesWidget {
  constructor(readonly props: IProcessProps) {
    super({ view: 'process', process: props.model.id }, props.model);
  }

  override dispose(): void {
    this.props.model.dispose();
    super.dispose();
  }

  override render(): JSX.Element {
    return <ProcessPage {...this.props} />;
  }
}
