import type { TranslationBundle } from '@jupyterlab/translation';
import { useEffect, useRef } from 'react';
import type { ITableInfo } from '../../table/source';
import { formatCount, formatValue, Loading, Trouble, useSignal } from '../../ui';
import type { ExplorerModel } from '../model';
import { SidePanel } from '../SidePanel';
import type { IConflictItem } from './explanation';
import { OpenTrouble } from './OpenTrouble';
import '../../../style/why.css';

export interface IConflictsProps {
  readonly model: ExplorerModel;
  readonly trans: TranslationBundle;
  readonly info: ITableInfo;
}

/** How many objects of a combined table are in conflict: opens their list. Nothing where there is none. */
export function ConflictsButton({ model, trans, info }: IConflictsProps): JSX.Element | null {
  const { why } = model;
  useSignal(why.changed, model.changed);
  const isKnown = !info.pending;
  useEffect(() => {
    if (isKnown && why.total === null) {
      // the first rows come first
      void model.windows.known().then(() => why.more());
    }
  }, [model, why, isKnown]);
  if (why.total === null || why.total === 0) {
    return null;
  }
  return (
    <button
      type="button"
      className="tsm-Button"
      aria-expanded={why.listed}
      title={trans.__('Objects whose secure redshifts disagree')}
      onClick={() => why.setListed(!why.listed)}
    >
      {trans._n('%2 conflict', '%2 conflicts', why.total, formatCount(why.total))}
    </button>
  );
}

/** All objects in conflict; each opens its details. */
export function ConflictList({ model, trans }: IConflictsProps): JSX.Element | null {
  const { why } = model;
  useSignal(why.changed, model.changed);
  const list = useRef<HTMLUListElement>(null);
  const { listed, total, conflicts, conflictsTrouble: said } = why;
  useEffect(() => {
    if (listed) {
      if (why.conflicts.length === 0) {
        void why.more();
      }
      list.current?.querySelector('button')?.focus();
    }
  }, [why, listed]);
  if (!listed) {
    return null;
  }
  return (
    <SidePanel
      className="tsm-Conflicts"
      label={trans.__('Conflicts')}
      title={
        total === null
          ? trans.__('Conflicts')
          : trans._n('%2 conflict', '%2 conflicts', total, formatCount(total))
      }
      closeLabel={trans.__('Close the list of conflicts')}
      onClose={() => why.setListed(false)}
    >
      {said !== null && (
        <Trouble
          title={trans.__('The conflicts could not be read.')}
          actions={[{ label: trans.__('Try again'), run: () => void why.more() }]}
        >
          {said.message} {said.remedy}
        </Trouble>
      )}
      <OpenTrouble model={model} trans={trans} />
      {conflicts.length === 0 && said === null && <Loading label={trans.__('Reading the conflicts…')} />}
      <ul ref={list} className="tsm-Details-body" aria-label={trans.__('Objects in conflict')}>
        {conflicts.map(item => (
          <Item key={item.rowId} item={item} trans={trans} onOpen={() => void why.open(item.rowId)} />
        ))}
        {total !== null && conflicts.length < total && conflicts.length > 0 && (
          <li className="tsm-Chooser-note">
            <button type="button" className="tsm-Button" onClick={() => void why.more()}>
              {trans.__('%1 more', formatCount(total - conflicts.length))}
            </button>
          </li>
        )}
      </ul>
    </SidePanel>
  );
}

interface IItemProps {
  readonly item: IConflictItem;
  readonly trans: TranslationBundle;
  readonly onOpen: () => void;
}

function Item({ item, trans, onOpen }: IItemProps): JSX.Element {
  const { surveys, redshifts, spread, count } = item;
  return (
    <li>
      <button type="button" className="tsm-Conflicts-item" onClick={onOpen}>
        <strong>{redshifts.replace(/\d+\.\d{5,}/g, z => formatValue(Number(z), 'redshift'))}</strong>
        {spread !== null && (
          <span className="tsm-Conflicts-spread" title={trans.__('Largest minus smallest secure redshift')}>
            {trans.__('Δz %1', formatValue(spread, 'redshift'))}
          </span>
        )}
        <span className="tsm-Explorer-muted">
          {surveys}
          {count !== null && ` · ${trans._n('1 measurement', '%1 measurements', count)}`}
        </span>
      </button>
    </li>
  );
}
