import { ReactWidget } from '@jupyterlab/ui-components';

import { type IUploadPageProps, UploadPage } from './page';
import '../../../style/ui.css';
import '../../../style/fields.css';
import '../../../style/panel.css';
import '../../../style/page.css';
import '../../../style/upload.css';

/** The page of an upload. */
export class UploadWidget extends ReactWidget {
  constructor(readonly props: IUploadPageProps) {
    super();
    this.addClass('tsm-Page');
    this.addClass('tsm-Upload');
    this.node.tabIndex = -1;
  }

  override dispose(): void {
    this.props.model.dispose();
    super.dispose();
  }

  override render(): JSX.Element {
    return <UploadPage {...this.props} />;
  }
}
