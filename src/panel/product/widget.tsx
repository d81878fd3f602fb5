import { ReactWidget } from '@jupyterlab/ui-components';

import { type IProductPageProps, ProductPage } from './page';
import '../../../style/ui.css';
import '../../../style/fields.css';
import '../../../style/panel.css';
import '../../../style/page.css';
import '../../../style/product.css';
import '../../../style/product-provenance.css';

/** The page of a product. */
export class ProductWidget extends ReactWidget {
  constructor(readonly props: IProductPageProps) {
    super();
    this.addClass('tsm-Page');
    this.addClass('tsm-ProductPage');
    this.node.tabIndex = -1;
  }

  /** Id of the product. */
  get product(): number {
    return this.props.model.id;
  }

  override dispose(): void {
    this.props.model.dispose();
    super.dispose();
  }

  override render(): JSX.Element {
    return <ProductPage {...this.props} />;
  }
}
