import type { TranslationBundle } from '@jupyterlab/translation';
import { type ComponentType, useState } from 'react';

import { takesCode, takesRelease } from '../product/words';
import type { UploadModel } from './model';

interface IProps {
  readonly model: UploadModel;
  readonly busy: boolean;
  readonly trans: TranslationBundle;
  readonly Markdown: ComponentType<{ readonly text: string }>;
}

/** Name, type, release and description. */
export function What({ model, busy, trans, Markdown }: IProps): JSX.Element {
  const { what } = model.draft;
  const [shown, setShown] = useState(false);
  return (
    <fieldset className="tsm-Page-form tsm-Upload-what" disabled={busy}>
      <legend className="tsm-hidden">{trans.__('What it is')}</legend>
      <label>
        <span>{trans.__('Name')}</span>
        <input
          className="jp-mod-styled"
          value={what.name}
          maxLength={255}
          required
          onChange={event => model.setWhat({ name: event.target.value })}
        />
      </label>
      <div className="tsm-Upload-row">
        <label>
          <span>{trans.__('Type')}</span>
          <select
            className="tsm-Input"
            value={what.type}
            onChange={event => {
              const type = event.target.value;
              model.setWhat({ type, ...(takesRelease(type) ? {} : { releaseId: null }) });
            }}
          >
            <option value="" disabled>
              {trans.__('choose …')}
            </option>
            {(model.types.value ?? []).map(type => (
              <option key={type.id} value={type.name}>
                {type.displayName}
              </option>
            ))}
          </select>
        </label>
        {takesRelease(what.type) && (
          <label>
            <span>{trans.__('Release')}</span>
            <select
              className="tsm-Input"
              value={what.releaseId ?? ''}
              onChange={event =>
                model.setWhat({ releaseId: event.target.value ? Number(event.target.value) : null })
              }
            >
              <option value="">{trans.__('none')}</option>
              {(model.releases.value ?? []).map(one => (
                <option key={one.id} value={one.id}>
                  {one.displayName}
                </option>
              ))}
            </select>
          </label>
        )}
        {what.type !== '' && takesCode(what.type) && (
          <label>
            <span>{trans.__('Photo-z code')}</span>
            <input
              className="jp-mod-styled"
              value={what.pzCode}
              maxLength={55}
              onChange={event => model.setWhat({ pzCode: event.target.value })}
            />
          </label>
        )}
      </div>
      <label>
        <span>{trans.__('Description, in Markdown')}</span>
        <textarea
          className="jp-mod-styled"
          rows={7}
          value={what.description}
          onChange={event => model.setWhat({ description: event.target.value })}
        />
      </label>
      {what.description.trim() !== '' && (
        <details open={shown} onToggle={event => setShown(event.currentTarget.open)}>
          <summary>{trans.__('As it will be shown')}</summary>
          {shown && <Markdown text={what.description} />}
        </details>
      )}
    </fieldset>
  );
}
