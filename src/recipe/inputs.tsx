/** The catalogues that a recipe starts from. */
import type { TranslationBundle } from '@jupyterlab/translation';
import { useState } from 'react';

import type { ITableSource } from '../table/source';
import { formatCount } from '../ui/format';
import { useSignal } from '../ui/hooks';
import { removeIn, setIn } from './document';
import type { RecipeModel } from './model';
import { fileOf, lookAgain } from './own/add';
import { OwnTableView } from './own/OwnTableView';
import { sourceText } from './own/words';

/** Standard columns that an input's own are named for. */
const COLUMNS = ['id', 'ra', 'dec', 'z', 'z_err', 'z_flag', 'survey'];

export interface IInputsProps {
  readonly model: RecipeModel;
  readonly trans: TranslationBundle;
  readonly addFile: () => void;
  /** The table of an input by its path; left out where no columns can be proposed. */
  readonly source?: (path: string) => ITableSource;
}

export function Inputs({ model, trans, addFile, source }: IInputsProps): JSX.Element {
  const { adding } = model;
  useSignal(adding.changed);
  const names = Object.keys(model.value.inputs);
  const readOnly = model.syntax !== null;
  return (
    <section aria-label={trans.__('Inputs')} className="tsm-RecipeEditor-section">
      <header>
        <h2>{trans.__('Inputs')}</h2>
        <button type="button" className="tsm-Button" onClick={addFile} disabled={readOnly}>
          {trans.__('Add a file')}
        </button>
      </header>
      {names.length === 0 ? (
        <p className="tsm-Field-description">
          {trans.__('No catalogue yet. Add a file, or use "add to recipe" on a catalogue in the sidebar.')}
        </p>
      ) : (
        names.map(name => (
          <Input key={name} name={name} model={model} trans={trans} readOnly={readOnly} source={source} />
        ))
      )}
      {adding.table && !readOnly && (
        <OwnTableView table={adding.table} trans={trans} cancel={() => adding.end(adding.table!)} />
      )}
    </section>
  );
}

interface IInputProps extends Pick<IInputsProps, 'source'> {
  readonly name: string;
  readonly model: RecipeModel;
  readonly trans: TranslationBundle;
  readonly readOnly: boolean;
}

function Input({ name, model, trans, readOnly, source }: IInputProps): JSX.Element {
  const [open, setOpen] = useState(false);
  const input = model.value.inputs[name];
  const planned = model.plan?.inputs.find(item => item.name === name);
  const errors = planned?.findings.filter(finding => finding.level === 'error') ?? [];
  const found = planned?.columns.map(column => column.name) ?? [];
  const columns = (
    typeof input.columns === 'object' && input.columns !== null ? input.columns : {}
  ) as Record<string, unknown>;
  const list = `tsm-columns-${name}`;
  return (
    <div className={`tsm-Card${errors.length ? ' tsm-mod-bad' : ''}`}>
      <div className="tsm-Card-head">
        <button type="button" className="tsm-Card-toggle" aria-expanded={open} onClick={() => setOpen(!open)}>
          <span className="tsm-Card-caret" aria-hidden="true">
            {open ? '▾' : '▸'}
          </span>
          <span className="tsm-Card-title">{name}</span>
          <span className="tsm-Card-summary">{sourceText(input.from)}</span>
        </button>
        <span className="tsm-Card-count">
          {planned?.rows !== undefined && planned.rows !== null
            ? trans.__('%1 rows', formatCount(planned.rows))
            : ''}
        </span>
        <button
          type="button"
          className="tsm-IconButton"
          title={trans.__('Remove %1', name)}
          aria-label={trans.__('Remove %1', name)}
          disabled={readOnly}
          onClick={() => model.edit(text => removeIn(text, ['inputs', name]))}
        >
          ✕
        </button>
      </div>
      {open ? (
        <div className="tsm-Fields tsm-Card-body">
          {source && fileOf(input.from) !== null && (
            <button
              type="button"
              className="tsm-Button"
              disabled={readOnly}
              onClick={() => lookAgain(model, name, source(fileOf(input.from)!))}
            >
              {trans.__('Look at its columns')}
            </button>
          )}
          <TextLine
            id={`tsm-input-${name}-survey`}
            label={trans.__('Survey')}
            hint={trans.__('Which flag rules apply, when the catalogue has no survey column.')}
            value={(input.survey as string | undefined) ?? ''}
            readOnly={readOnly}
            onCommit={text => change(model, ['inputs', name, 'survey'], text)}
          />
          {COLUMNS.map(column => (
            <TextLine
              key={column}
              id={`tsm-input-${name}-${column}`}
              label={column}
              list={list}
              hint={
                column === 'z' ? trans.__('The redshift column. Empty: found by its usual name.') : undefined
              }
              value={columns[column] == null ? '' : String(columns[column])}
              readOnly={readOnly}
              onCommit={text => change(model, ['inputs', name, 'columns', column], text)}
            />
          ))}
          <datalist id={list}>
            {found.map(column => (
              <option key={column} value={column} />
            ))}
          </datalist>
        </div>
      ) : null}
    </div>
  );
}

function change(model: RecipeModel, path: string[], text: string): void {
  model.edit(old => (text ? setIn(old, path, text) : removeIn(old, path)));
}

interface ITextLineProps {
  readonly id: string;
  readonly label: string;
  readonly hint?: string;
  readonly list?: string;
  readonly value: string;
  readonly readOnly: boolean;
  readonly onCommit: (text: string) => void;
}

function TextLine({ id, label, hint, list, value, readOnly, onCommit }: ITextLineProps): JSX.Element {
  return (
    <div className="tsm-Field">
      <label htmlFor={id} className="tsm-Field-label">
        {label}
      </label>
      <div className="tsm-Field-input">
        <input
          id={id}
          key={value}
          className="jp-mod-styled"
          defaultValue={value}
          list={list}
          disabled={readOnly}
          spellCheck={false}
          onBlur={event => event.target.value.trim() !== value && onCommit(event.target.value.trim())}
          onKeyDown={event => event.key === 'Enter' && event.currentTarget.blur()}
        />
        {hint ? <p className="tsm-Field-description">{hint}</p> : null}
      </div>
    </div>
  );
}
