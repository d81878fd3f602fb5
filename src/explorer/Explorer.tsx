import type { TranslationBundle } from '@jupyterlab/translation';
import { memo, useEffect, useState, type ReactNode } from 'react';
import type { Value } from '../expr';
import type { ITableInfo } from '../table/source';
import type { WindowModel } from '../table/windows';
import { Chip, formatCount, Loading, Trouble, useSignal } from '../ui';
import { useSelected } from '../ui/live';
import { Citation } from './Citation';
import { pythonOf } from './code';
import { ConditionBar } from './ConditionBar';
import { Copy } from './Copy';
import { colourMagnitude } from './defaults';
import type { ExplorerModel } from './model';
import { RowDetails } from './RowDetails';
import { Rows } from './Rows';
import { SaveSelection, type ISavePlace } from './SaveSelection';
import { Views } from './Views';
import { useHold } from './useHold';
import type { NewView } from './views';
import { ConflictList, ConflictsButton } from './why/Conflicts';
import type { OnDecision } from './why/Decide';
import '../../style/ui.css';
import '../../style/fields.css';
import '../../style/explorer.css';
import '../../style/explorer-views.css';
import '../../style/explorer-condition.css';
import '../../style/explorer-rows.css';

export interface IExplorerProps {
  readonly model: ExplorerModel;
  readonly trans: TranslationBundle;
  /** Offered as a button where it is given: put the condition into a recipe. */
  readonly onToRecipe?: (condition: string, info: ITableInfo, fresh?: boolean) => void;
  /** Offered as a button where it is given: compare with another table, or a part of this one with another. */
  readonly onCompare?: () => void;
  /** Where saved rows go; where it is left out, to the source's own working directory. */
  readonly save?: ISavePlace;
  /** The Python that gives the selection, where it isn't the library's own reading of a file. */
  readonly python?: (condition: string, info: ITableInfo) => string;
  /** Put above the columns of a row's details. */
  readonly rowExtra?: (row: ReadonlyMap<string, Value>, info: ITableInfo) => ReactNode;
  /** Writes what a user decides about a measurement into a recipe; without it, its line can be copied. */
  readonly onDecision?: OnDecision;
}

/** Look at a table: linked plots, one condition, all rows, and the details of each. */
export const Explorer = memo(function Explorer(props: IExplorerProps): JSX.Element {
  const { model, trans } = props;
  useSignal(model.changed);
  if (model.trouble !== null) {
    return (
      <div className="tsm-Explorer">
        <Trouble
          title={trans.__('The table could not be opened.')}
          actions={[{ label: trans.__('Try again'), run: () => model.retry() }]}
        >
          <p>{model.trouble.message}</p>
          {model.trouble.remedy !== null && <p>{model.trouble.remedy}</p>}
        </Trouble>
      </div>
    );
  }
  if (model.info === null) {
    return (
      <div className="tsm-Explorer">
        <Loading label={trans.__('Reading what the table holds…')} />
      </div>
    );
  }
  return <Content {...props} info={model.info} />;
});

function Content(props: IExplorerProps & { readonly info: ITableInfo }): JSX.Element {
  const { model, trans, info, onCompare, rowExtra, onDecision } = props;
  const [cited, setCited] = useState(false);
  const onHold = useHold(model);
  return (
    <div className="tsm-Explorer" onPointerDownCapture={onHold}>
      <div className="tsm-Explorer-head">
        <h2 title={info.path ?? info.name}>{info.name}</h2>
        <span>{trans._n('%2 row', '%2 rows', info.rows, formatCount(info.rows))}</span>
        <span className="tsm-Explorer-muted">{trans._n('%1 column', '%1 columns', info.columns.length)}</span>
        <AccessChip trans={trans} access={info.access} />
        {info.sampled && (
          <Chip kind="warning">
            {trans.__('a sample of %1 of %2 rows', formatCount(info.rows), formatCount(info.sampled.of))}
          </Chip>
        )}
        <span className="tsm-Explorer-space" />
        <ConflictsButton model={model} trans={trans} info={info} />
        <AddView model={model} trans={trans} info={info} />
        {onCompare !== undefined && (
          <button type="button" className="tsm-Button" onClick={onCompare}>
            {trans.__('Compare…')}
          </button>
        )}
        <button type="button" className="tsm-Button" aria-expanded={cited} onClick={() => setCited(!cited)}>
          {trans.__('Cite')}
        </button>
      </div>
      {cited && <Citation trans={trans} info={info} />}
      {model.plotTrouble !== null && (
        <Trouble
          title={trans.__('The plots could not be drawn.')}
          actions={[{ label: trans.__('Try again'), run: () => model.retryPlots() }]}
        >
          {model.plotTrouble.message} {model.plotTrouble.remedy}{' '}
          {trans.__('The rows below are not affected.')}
        </Trouble>
      )}
      <Plots model={model} trans={trans} info={info} />
      <ConditionBar model={model} trans={trans}>
        <Actions {...props} />
      </ConditionBar>
      <div className="tsm-Explorer-rows">
        <Rows model={model} trans={trans} info={info} />
        <RowDetails model={model} trans={trans} above={rowExtra} onDecision={onDecision} />
        <ConflictList model={model} trans={trans} info={info} />
      </div>
    </div>
  );
}

/** The plots: put in when the first rows have been painted, so that these are there at once. */
function Plots(props: IAddViewProps): JSX.Element {
  const { windows } = props.model;
  const [shown, setShown] = useState(() => isRead(windows));
  useEffect(() => {
    let frame = 0;
    const show = () => {
      if (frame === 0 && isRead(windows)) {
        frame = requestAnimationFrame(() => {
          frame = requestAnimationFrame(() => setShown(true));
        });
      }
    };
    show();
    windows.changed.connect(show);
    return () => {
      cancelAnimationFrame(frame);
      windows.changed.disconnect(show);
    };
  }, [windows]);
  return shown ? <Views {...props} /> : <div className="tsm-Explorer-views tsm-mod-waiting" />;
}

/** Whether the first rows are here, or can't be had. */
function isRead({ total, error }: WindowModel): boolean {
  return total !== null || error !== null;
}

/** What can be done with the condition. */
function Actions(props: IExplorerProps & { readonly info: ITableInfo }): JSX.Element {
  const { model, trans, info, onToRecipe, save, python = defaultPython } = props;
  const { selection } = model;
  useSelected(() => `${selection.error === null} ${selection.where === ''}`, selection.changed);
  return (
    <span className="tsm-Condition-actions">
      {onToRecipe !== undefined && (
        <>
          <button
            type="button"
            className="tsm-Button"
            disabled={selection.error !== null}
            title={trans.__('Put this table, and the condition as a filter, into a recipe')}
            onClick={() => onToRecipe(selection.where, info)}
          >
            {trans.__('To recipe')}
          </button>
          <button
            type="button"
            className="tsm-Button"
            disabled={selection.error !== null}
            title={trans.__('Begin a recipe with this table, and the condition as a filter, in a new file')}
            onClick={() => onToRecipe(selection.where, info, true)}
          >
            {trans.__('Save as recipe')}
          </button>
        </>
      )}
      <Copy
        trans={trans}
        label={trans.__('Copy')}
        title={trans.__('Copy the condition')}
        disabled={selection.where === ''}
        text={() => selection.where}
      />
      <Copy trans={trans} label={trans.__('Copy as Python')} text={() => python(selection.where, info)} />
      <SaveSelection model={model} trans={trans} save={save} />
    </span>
  );
}

function defaultPython(condition: string, info: ITableInfo): string {
  return pythonOf(info, condition);
}

function AccessChip({ trans, access }: { trans: TranslationBundle; access: string }): JSX.Element {
  if (access === 'public') {
    return (
      <Chip kind="good" title={trans.__('Anyone may see and share this table.')}>
        {trans.__('public')}
      </Chip>
    );
  }
  return (
    <Chip
      kind="restricted"
      title={trans.__(
        'It holds LSST data: share it, and figures of its points, with data-rights holders only.'
      )}
    >
      {access === 'rubin-data-rights' ? trans.__('data-rights holders only') : access}
    </Chip>
  );
}

interface IAddViewProps {
  readonly model: ExplorerModel;
  readonly trans: TranslationBundle;
  readonly info: ITableInfo;
}

function AddView({ model, trans, info }: IAddViewProps): JSX.Element {
  const kinds: [NewView, string][] = [
    ['histogram', trans.__('Histogram')],
    ['density', trans.__('Density of two columns')],
    ...(colourMagnitude(info.columns, info.roles) === null
      ? []
      : [['colour-magnitude', trans.__('Colour–magnitude')] as [NewView, string]]),
    ['categories', trans.__('Counts of values')],
    ['sky', trans.__('Sky map')]
  ];
  return (
    <select
      className="tsm-Button"
      aria-label={trans.__('Add a view')}
      value=""
      onChange={event => model.addView(event.target.value as NewView)}
    >
      <option value="" disabled hidden>
        {trans.__('+ View')}
      </option>
      {kinds.map(([kind, label]) => (
        <option key={kind} value={kind}>
          {label}
        </option>
      ))}
    </select>
  );
}
