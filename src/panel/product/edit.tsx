import type { TranslationBundle } from '@jupyterlab/translation';
import { type FormEvent, useState } from 'react';

import type { IProduct, IProductChange } from '../../api';
import type { ITrouble } from '../section';
import type { ProductModel } from './model';
import { takesCode, takesRelease } from './words';

export interface IEditProps {
  readonly model: ProductModel;
  readonly product: IProduct;
  readonly trans: TranslationBundle;
  done(): void;
}

/** Name, description and what else may be changed; only what was changed is sent. */
export function EditForm({ model, product, trans, done }: IEditProps): JSX.Element {
  const [name, setName] = useState(product.displayName);
  const [description, setDescription] = useState(product.description);
  const [release, setRelease] = useState(product.releaseId);
  const [code, setCode] = useState(product.pzCode ?? '');
  const [official, setOfficial] = useState(product.official);
  const [busy, setBusy] = useState(false);
  const [trouble, setTrouble] = useState<ITrouble | null>(null);

  const change: IProductChange = {
    ...(name.trim() === product.displayName ? {} : { displayName: name.trim() }),
    ...(description === product.description ? {} : { description }),
    ...(release === product.releaseId ? {} : { releaseId: release }),
    ...(code.trim() === (product.pzCode ?? '') ? {} : { pzCode: code.trim() || null }),
    ...(official === product.official ? {} : { official })
  };
  const changed = Object.keys(change).length > 0;
  const words: { readonly [key in keyof IProductChange]: string } = {
    displayName: trans.__('name'),
    description: trans.__('description'),
    releaseId: trans.__('release'),
    pzCode: trans.__('photo-z code'),
    official: trans.__('official')
  };

  const save = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setTrouble(null);
    try {
      const ignored = await model.change(change);
      if (ignored.length === 0) {
        done();
        return;
      }
      setTrouble({
        message: trans.__('The server left as it was: %1.', ignored.map(key => words[key]).join(', ')),
        remedy: trans.__('You may not have the right to change it.')
      });
    } catch (error) {
      setTrouble(error as ITrouble);
    }
    setBusy(false);
  };

  return (
    <form
      className="tsm-Page-form"
      aria-label={trans.__('Edit the product')}
      onSubmit={event => void save(event)}
      onKeyDown={event => event.key === 'Escape' && !changed && done()}
    >
      <label>
        <span>{trans.__('Name')}</span>
        <input
          autoFocus
          className="jp-mod-styled"
          value={name}
          maxLength={255}
          required
          onChange={event => setName(event.target.value)}
        />
      </label>
      <label>
        <span>{trans.__('Description, in Markdown')}</span>
        <textarea
          className="jp-mod-styled"
          rows={10}
          value={description}
          onChange={event => setDescription(event.target.value)}
        />
      </label>
      {takesRelease(product.type) && (
        <label>
          <span>{trans.__('Release')}</span>
          <select
            className="tsm-Input"
            value={release ?? ''}
            onChange={event => setRelease(event.target.value ? Number(event.target.value) : null)}
          >
            <option value="">{trans.__('none')}</option>
            {model.choices.map(one => (
              <option key={one.id} value={one.id}>
                {one.displayName}
              </option>
            ))}
          </select>
        </label>
      )}
      {takesCode(product.type) && (
        <label>
          <span>{trans.__('Photo-z code')}</span>
          <input
            className="jp-mod-styled"
            value={code}
            maxLength={55}
            onChange={event => setCode(event.target.value)}
          />
        </label>
      )}
      {model.me.value?.isAdmin && (
        <label className="tsm-mod-check">
          <input type="checkbox" checked={official} onChange={event => setOfficial(event.target.checked)} />
          <span>{trans.__('Official product')}</span>
        </label>
      )}
      {trouble && (
        <p role="alert">
          {trouble.message} {trouble.remedy}
        </p>
      )}
      <div className="tsm-Page-actions">
        <button
          type="submit"
          className="tsm-Button tsm-mod-accent"
          disabled={busy || !changed || !name.trim()}
        >
          {busy ? trans.__('Saving …') : trans.__('Save')}
        </button>
        <button type="button" className="tsm-Button" onClick={done}>
          {trans.__('Cancel')}
        </button>
      </div>
    </form>
  );
}
