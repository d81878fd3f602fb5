import type { TranslationBundle } from '@jupyterlab/translation';
import { useEffect, useId, useRef, useState } from 'react';
import type { IExported, IExportRequest } from '../table/source';
import { formatCount, useSignal } from '../ui';
import type { ExplorerModel } from './model';
import { nameOf, nextName, sizeText, withEnding } from './saveNames';
import { troubleOf, type ITrouble } from './trouble';
import '../../style/fields.css';
import '../../style/figures.css';

/** What the shell knows of files. */
export interface ISavePlace {
  /** The folder to save in, as the file browser has it; empty for the top one. */
  folder(): string;
  /** Show a file that was saved. Left out where files can't be shown. */
  open?(path: string): void;
  /** A file was saved: lists of files may want to look again. */
  saved?(path: string): void;
}

export interface ISaveSelectionProps {
  readonly model: ExplorerModel;
  readonly trans: TranslationBundle;
  /** Where files go; the working directory of the kernel where it is left out. */
  readonly save?: ISavePlace;
}

type Format = IExportRequest['format'];

type State =
  | { readonly kind: 'form' }
  | { readonly kind: 'saving'; readonly since: number; readonly rows: number | null }
  | { readonly kind: 'saved'; readonly result: IExported }
  | { readonly kind: 'failed'; readonly trouble: ITrouble; readonly taken: boolean };

/** Save the rows that pass as a file: a button that opens a small form below it. Nothing where rows can't be saved. */
export function SaveSelection(props: ISaveSelectionProps): JSX.Element | null {
  const { model, trans } = props;
  const [isOpen, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const id = useId();
  if (model.source.export === undefined || model.info === null) {
    return null;
  }
  return (
    <span className="tsm-Save">
      <button
        ref={button}
        type="button"
        className="tsm-Button"
        aria-expanded={isOpen}
        aria-controls={isOpen ? id : undefined}
        title={trans.__('Save the rows that pass as a file')}
        onClick={() => setOpen(!isOpen)}
      >
        {trans.__('Save rows…')}
      </button>
      {isOpen && (
        <SaveForm
          {...props}
          id={id}
          onClose={() => {
            setOpen(false);
            button.current?.focus();
          }}
        />
      )}
    </span>
  );
}

function SaveForm({
  model,
  trans,
  save,
  id,
  onClose
}: ISaveSelectionProps & { readonly id: string; readonly onClose: () => void }): JSX.Element {
  useSignal(model.changed, model.selection.changed, model.counted);
  const info = model.info!;
  const { where } = model.selection;
  const [format, setFormat] = useState<Format>('parquet');
  const [name, setName] = useState(() => nameOf(info.name, where));
  const [all, setAll] = useState(true);
  const [state, setState] = useState<State>({ kind: 'form' });
  const abort = useRef<AbortController | null>(null);
  const entry = useRef<HTMLInputElement>(null);
  useEffect(() => {
    entry.current?.focus();
    entry.current?.select();
    return () => abort.current?.abort();
  }, []);

  const folder = save?.folder() ?? '';
  const file = withEnding(name, format);
  const some = model.gridColumns.length;
  const choice = some < info.columns.length;
  const rows = model.passed;
  const target =
    save === undefined
      ? trans.__('%1 where the kernel runs', file)
      : `${folder === '' ? '' : `${folder}/`}${file}`;

  const start = async (as: string) => {
    const own = (abort.current = new AbortController());
    setState({ kind: 'saving', since: Date.now(), rows });
    const path = folder === '' ? as : `${folder.replace(/\/$/, '')}/${as}`;
    try {
      const result = await model.source.export!(
        {
          path,
          format,
          where: where || undefined,
          sort: model.sort,
          columns: all || !choice ? undefined : model.gridColumns.map(column => column.name)
        },
        own.signal
      );
      if (!own.signal.aborted) {
        setState({ kind: 'saved', result });
        save?.saved?.(result.path);
      }
    } catch (error) {
      if (!own.signal.aborted) {
        const taken = (error as { where?: string | null }).where === 'name';
        setState({ kind: 'failed', trouble: troubleOf(error), taken });
      }
    }
  };
  const stop = () => {
    abort.current?.abort();
    setState({ kind: 'form' });
  };

  const busy = state.kind === 'saving';
  const blank = name.trim() === '';
  return (
    <form
      id={id}
      className="tsm-Save-form"
      aria-label={trans.__('Save rows as a file')}
      onSubmit={event => {
        event.preventDefault();
        if (!busy && !blank && rows !== 0) {
          void start(file);
        }
      }}
      onKeyDown={event => {
        if (event.key === 'Escape' && !busy) {
          event.stopPropagation();
          onClose();
        }
      }}
    >
      <div className="tsm-Save-line">
        <label htmlFor={`${id}-name`}>{trans.__('Name')}</label>
        <input
          ref={entry}
          id={`${id}-name`}
          type="text"
          className="tsm-Input tsm-Save-name"
          spellCheck={false}
          autoComplete="off"
          value={name}
          disabled={busy}
          aria-invalid={state.kind === 'failed' && state.taken}
          onChange={event => {
            setName(event.target.value);
            setState({ kind: 'form' });
          }}
        />
        <select
          className="tsm-Input"
          aria-label={trans.__('Format')}
          value={format}
          disabled={busy}
          onChange={event => {
            setFormat(event.target.value as Format);
            setState({ kind: 'form' });
          }}
        >
          <option value="parquet">Parquet</option>
          <option value="csv">CSV</option>
        </select>
        {choice && (
          <select
            className="tsm-Input"
            aria-label={trans.__('Columns to save')}
            value={all ? 'all' : 'grid'}
            disabled={busy}
            onChange={event => setAll(event.target.value === 'all')}
          >
            <option value="all">{trans.__('all %1 columns', info.columns.length)}</option>
            <option value="grid">{trans.__('the %1 columns of the grid', some)}</option>
          </select>
        )}
        {busy ? (
          <button type="button" className="tsm-Button" onClick={stop}>
            {trans.__('Stop')}
          </button>
        ) : (
          <>
            <button type="submit" className="tsm-Button tsm-mod-main" disabled={blank || rows === 0}>
              {trans.__('Save')}
            </button>
            <button type="button" className="tsm-Button" onClick={onClose}>
              {trans.__('Close')}
            </button>
          </>
        )}
      </div>
      <div className="tsm-Save-state" role={state.kind === 'failed' ? 'alert' : 'status'}>
        {state.kind === 'form' && (
          <>
            {rows === 0
              ? trans.__('No row passes: there is nothing to save.')
              : rows === null
                ? trans.__('the rows that pass')
                : rows === info.rows
                  ? trans._n('%2 row', 'all %2 rows', rows, formatCount(rows))
                  : trans.__('%1 of %2 rows', formatCount(rows), formatCount(info.rows))}
            {rows !== 0 && info.sampled ? ` ${trans.__('of the sample')}` : ''}
            {rows !== 0 && ` ${trans.__('to %1', target)}`}
            {info.access !== 'public' && rows !== 0 && (
              <span className="tsm-Save-note">
                {' '}
                {trans.__('The file will say that it is for LSST data-rights holders only.')}
              </span>
            )}
          </>
        )}
        {state.kind === 'saving' && <Saving trans={trans} since={state.since} rows={state.rows} />}
        {state.kind === 'saved' && (
          <>
            {trans._n(
              'Saved %2 row (%3) as %4',
              'Saved %2 rows (%3) as %4',
              state.result.rows,
              formatCount(state.result.rows),
              sizeText(state.result.bytes),
              state.result.path
            )}{' '}
            {save?.open !== undefined && (
              <button type="button" className="tsm-Button" onClick={() => save.open!(state.result.path)}>
                {trans.__('Open')}
              </button>
            )}
          </>
        )}
        {state.kind === 'failed' && (
          <>
            {state.trouble.message} {state.trouble.remedy}{' '}
            {state.taken && (
              <button
                type="button"
                className="tsm-Button"
                onClick={() => {
                  const next = nextName(file);
                  setName(next);
                  void start(next);
                }}
              >
                {trans.__('Save as %1', nextName(file))}
              </button>
            )}
          </>
        )}
      </div>
    </form>
  );
}

/** What is going on, and for how long. */
function Saving({
  trans,
  since,
  rows
}: {
  readonly trans: TranslationBundle;
  readonly since: number;
  readonly rows: number | null;
}): JSX.Element {
  const [seconds, setSeconds] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => setSeconds(Math.floor((Date.now() - since) / 1000)), 500);
    return () => clearInterval(timer);
  }, [since]);
  return (
    <>
      <progress aria-label={trans.__('Saving')} />{' '}
      {rows === null ? trans.__('saving…') : trans.__('saving %1 rows…', formatCount(rows))}
      {seconds >= 2 && <span aria-hidden="true"> {trans.__('%1 s', seconds)}</span>}
    </>
  );
}
