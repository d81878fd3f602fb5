/** What a run writes besides the accounting: the formats of the training set. */
import type { TranslationBundle } from '@jupyterlab/translation';
import { useId } from 'react';

import { insertItem, removeIn, setIn } from './document';
import type { RecipeModel } from './model';

export function Writes({ model, trans }: { model: RecipeModel; trans: TranslationBundle }): JSX.Element {
  const id = useId();
  const readOnly = model.syntax !== null;
  const writes = model.value.write;
  const formats = [
    { format: 'parquet', label: trans.__('Parquet: all rows, with the column split') },
    { format: 'rail-hdf5', label: trans.__('RAIL HDF5: one file for each part') },
    { format: 'fits', label: trans.__('FITS: the same as Parquet') },
    { format: 'csv', label: trans.__('CSV, with a file that says what its columns mean') },
    {
      format: 'public',
      label: trans.__('Public part: the redshifts as they were before the match'),
      help: trans.__(
        'All measurements of the redshift catalogues, without any column of a release and without what follows from one: parts, separations, reasons of exclusion. Anyone may have it if all catalogues are public; the rest of the bundle stays with those who may see the release.'
      )
    }
  ];
  return (
    <section aria-label={trans.__('Write')} className="tsm-RecipeEditor-section">
      <header>
        <h2>{trans.__('Write')}</h2>
      </header>
      {formats.map(({ format, label, help }) => {
        const index = writes.findIndex(write => write.format === format);
        return (
          <div key={format} className="tsm-Write">
            <label>
              <input
                type="checkbox"
                aria-describedby={help ? `${id}-${format}` : undefined}
                checked={index >= 0}
                disabled={readOnly}
                onChange={event =>
                  model.edit(text =>
                    event.target.checked
                      ? insertItem(
                          text,
                          'write',
                          format === 'rail-hdf5' ? { format, catalog_tag: 'lsst_gaap_1p0' } : { format }
                        )
                      : removeIn(text, ['write', index])
                  )
                }
              />{' '}
              {label}
            </label>
            {help ? (
              <p className="tsm-Field-description" id={`${id}-${format}`}>
                {help}
              </p>
            ) : null}
            {format === 'rail-hdf5' && index >= 0 ? (
              <label className="tsm-Write-option">
                {trans.__('catalogue tag')}{' '}
                <input
                  className="jp-mod-styled"
                  key={String(writes[index].catalog_tag ?? '')}
                  defaultValue={String(writes[index].catalog_tag ?? '')}
                  disabled={readOnly}
                  onBlur={event => {
                    const tag = event.target.value.trim();
                    if (tag !== String(writes[index].catalog_tag ?? '')) {
                      model.edit(text =>
                        tag
                          ? setIn(text, ['write', index, 'catalog_tag'], tag)
                          : removeIn(text, ['write', index, 'catalog_tag'])
                      );
                    }
                  }}
                />
              </label>
            ) : null}
          </div>
        );
      })}
      <p className="tsm-Field-description">
        {trans.__(
          'Every bundle also has the recipe, its lock, provenance, checksums, a README, the references and whom to acknowledge.'
        )}
      </p>
    </section>
  );
}
