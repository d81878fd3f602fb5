/** The catalogues that go into a process: those that are chosen, and a search for more. */
import type { TranslationBundle } from '@jupyterlab/translation';
import { closeIcon } from '@jupyterlab/ui-components';
import { useEffect, useState } from 'react';

import type { IProduct } from '../../api';
import { formatCount } from '../../ui/format';
import { formatDay } from '../../ui/time';
import { Failure, Shape } from '../frame';
import type { IInput } from './check';
import type { NewProcessModel } from './formModel';

interface IInputsProps {
  readonly model: NewProcessModel;
  readonly trans: TranslationBundle;
  open(product: number): void;
}

/** Catalogues in the list; more than these are looked for by name. */
const MOST = 100;
/** Milliseconds without a key before the server is asked. */
const REST = 300;

export function Inputs({ model, trans, open }: IInputsProps): JSX.Element {
  const { candidates, needsRelease: single, draft } = model;
  const [text, setText] = useState(model.search);
  useEffect(() => {
    if (text === model.search) {
      return undefined;
    }
    const timer = setTimeout(() => void model.find(text), REST);
    return () => clearTimeout(timer);
  }, [text, model]);
  const found = candidates.value ?? [];
  return (
    <div className="tsm-ProcessForm-inputs">
      {model.inputs.length > 0 && (
        <ul className="tsm-ProcessForm-chosen" aria-label={trans.__('Chosen catalogues')}>
          {model.inputs.map(input => (
            <Chosen key={input.id} input={input} model={model} trans={trans} open={open} />
          ))}
        </ul>
      )}
      <input
        type="search"
        className="tsm-Input"
        value={text}
        placeholder={trans.__('Search redshift catalogues')}
        aria-label={trans.__('Search redshift catalogues')}
        onChange={event => setText(event.target.value)}
      />
      {candidates.trouble && (
        <Failure trouble={candidates.trouble} trans={trans} retry={() => void model.find(text)} />
      )}
      {candidates.value === null && !candidates.trouble && <Shape label={trans.__('Loading catalogues')} />}
      {candidates.value !== null && found.length === 0 && (
        <p className="tsm-mod-muted">
          {text ? trans.__('No catalogue fits.') : trans.__('This server has no catalogue that can be used.')}
        </p>
      )}
      {found.length > 0 && (
        <ul className="tsm-ProcessForm-list" aria-label={trans.__('Redshift catalogues')}>
          {found.slice(0, MOST).map(product => (
            <li key={product.id}>
              <label>
                <input
                  type={single ? 'radio' : 'checkbox'}
                  name="tsm-process-input"
                  checked={draft.inputs.includes(product.id) && !(single && draft.inputs.length > 1)}
                  onChange={event => model.choose(product, event.target.checked)}
                />
                <span className="tsm-ProcessForm-name">
                  {product.displayName}
                  {product.official && <span className="tsm-mod-muted"> · {trans.__('official')}</span>}
                </span>
                <span className="tsm-mod-muted">{about(product)}</span>
              </label>
            </li>
          ))}
        </ul>
      )}
      {found.length > MOST && (
        <p className="tsm-mod-muted">
          {trans.__('%1 of %2 are shown: search for the others.', MOST, formatCount(found.length))}
        </p>
      )}
    </div>
  );
}

function Chosen({ input, model, trans, open }: IInputsProps & { readonly input: IInput }): JSX.Element {
  const { id, product, columns, loading } = input;
  const name = product?.displayName ?? trans.__('Product %1', id);
  const meant = (columns ?? [])
    .filter(column => column.alias)
    .map(column => `${column.alias}: ${column.name}`);
  return (
    <li>
      <div>
        <button type="button" className="tsm-Panel-textButton" onClick={() => open(id)}>
          {name}
        </button>
        <span className="tsm-mod-muted">
          {loading
            ? ` · ${trans.__('looking at its columns …')}`
            : meant.length > 0 && ` · ${meant.join(', ')}`}
        </span>
      </div>
      <button
        type="button"
        className="tsm-Panel-iconButton"
        title={trans.__('Take out')}
        aria-label={trans.__('Take out %1', name)}
        onClick={() => model.change({ inputs: model.draft.inputs.filter(one => one !== id) })}
      >
        <closeIcon.react tag="span" />
      </button>
    </li>
  );
}

function about({ owner, created }: IProduct): string {
  return `${owner} · ${formatDay(created)}`;
}
