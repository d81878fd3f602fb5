import type { TranslationBundle } from '@jupyterlab/translation';
import { memo } from 'react';
import { CategoriesPanel } from './CategoriesPanel';
import { DensityPanel } from './DensityPanel';
import { HistogramPanel } from './HistogramPanel';
import type { ExplorerModel } from './model';
import { SkyPanel } from './SkyPanel';
import type { ITableInfo } from '../table/source';
import type { View } from './views';

export interface IViewPanelProps {
  readonly model: ExplorerModel;
  readonly trans: TranslationBundle;
  readonly view: View;
  /** Another description of the table renders the panel again. */
  readonly info: ITableInfo;
  /** Columns that give colours elsewhere: their counts have the same colours. */
  readonly colours: string;
}

/** One view of the explorer, whatever its kind; renders only when what it is given changes. */
export const ViewPanel = memo(function ViewPanel({ model, trans, view }: IViewPanelProps): JSX.Element {
  switch (view.kind) {
    case 'histogram':
      return <HistogramPanel model={model} trans={trans} view={view} />;
    case 'sky':
      return <SkyPanel model={model} trans={trans} view={view} />;
    case 'density':
      return <DensityPanel model={model} trans={trans} view={view} />;
    case 'categories':
      return <CategoriesPanel model={model} trans={trans} view={view} />;
  }
});
