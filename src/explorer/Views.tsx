import type { TranslationBundle } from '@jupyterlab/translation';
import { useRef, type CSSProperties } from 'react';
import type { ITableInfo } from '../table/source';
import { useSize } from '../ui/hooks';
import type { ExplorerModel } from './model';
import { ViewPanel } from './ViewPanel';

export interface IViewsProps {
  readonly model: ExplorerModel;
  readonly trans: TranslationBundle;
  readonly info: ITableInfo;
}

/** A plot can be read from this width on, in pixels. */
const NARROWEST = 236;

/** The plots: in one row where they fit, else in rows of about as many; one beside the other where there's room for one. */
export function Views({ model, trans, info }: IViewsProps): JSX.Element | null {
  const host = useRef<HTMLDivElement>(null);
  const { width } = useSize(host);
  const { views } = model;
  if (views.length === 0) {
    return null;
  }
  const columns = columnsFor(views.length, width);
  const colours = views.flatMap(view => (view.kind === 'histogram' && view.by !== null ? [view.by] : []));
  return (
    <div
      ref={host}
      className={`tsm-Explorer-views${columns === 1 && views.length > 1 ? ' tsm-mod-strip' : ''}${columns < views.length ? ' tsm-mod-rows' : ''}`}
      style={{ '--tsm-columns': columns } as CSSProperties}
    >
      {views.map(view => (
        <ViewPanel
          key={view.id}
          model={model}
          trans={trans}
          view={view}
          info={info}
          colours={colours.join('\n')}
        />
      ))}
    </div>
  );
}

/** How many plots stand side by side: rows are of about the same length. */
export function columnsFor(views: number, width: number): number {
  const most = Math.max(1, Math.floor(width / NARROWEST));
  return Math.ceil(views / Math.ceil(views / most));
}
