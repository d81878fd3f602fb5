import type { TranslationBundle } from '@jupyterlab/translation';

import { ROLE } from '../../api';
import { formatBytes } from '../../ui/format';
import { Failure, Shape } from '../frame';
import { Button, ScrollTable } from '../parts';
import { roleWords } from '../product/words';
import { needsCopy } from './draft';
import { folderOf, opens } from './files';
import type { UploadModel } from './model';
import type { IUploadActions } from './parts';

interface IProps {
  readonly model: UploadModel;
  readonly busy: boolean;
  readonly actions: IUploadActions;
  readonly trans: TranslationBundle;
}

/** The files that are sent, and what each is to the product. */
export function Files({ model, busy, actions, trans }: IProps): JSX.Element {
  const { draft, looking, main } = model;
  return (
    <>
      {looking.trouble && <Failure trouble={looking.trouble} trans={trans} />}
      {looking.loading && <Shape label={trans.__('Looking at the files')} />}
      {draft.files.length === 0 && !looking.loading && (
        <p className="tsm-mod-muted">
          {trans.__('Choose the file that is the product: a table, or whatever it is made of.')}
        </p>
      )}
      {draft.files.length > 0 && (
        <ScrollTable
          label={trans.__('Files that are sent')}
          head={[
            trans.__('File'),
            trans.__('Is the'),
            { number: trans.__('Size') },
            trans.__('In the folder'),
            { hidden: trans.__('Take away') }
          ]}
        >
          {draft.files.map(file => (
            <tr key={file.path}>
              <th scope="row">{file.name}</th>
              <td>{roleWords(file.role, trans)}</td>
              <td className="tsm-mod-number">
                {file.isFolder ? trans.__('packed when sent') : formatBytes(file.size)}
              </td>
              <td className="tsm-mod-muted">{folderOf(file.path) || '/'}</td>
              <td>
                <button
                  type="button"
                  className="tsm-Panel-textButton"
                  disabled={busy}
                  aria-label={trans.__('Take away %1', file.name)}
                  onClick={() => model.removeFile(file.path)}
                >
                  {trans.__('take away')}
                </button>
              </td>
            </tr>
          ))}
        </ScrollTable>
      )}
      {main && needsCopy(draft) && (
        <p>
          {draft.copied
            ? trans.__('A copy is sent: %1, %2.', draft.copied.path, formatBytes(draft.copied.size))
            : trans.__(
                'A copy of %1 is written beside it, as Parquet compressed with zstd, and sent. The file itself stays as it is.',
                main.name
              )}{' '}
          {draft.copy && (
            <button
              type="button"
              className="tsm-Panel-textButton"
              disabled={busy}
              onClick={() => model.change({ copy: false })}
            >
              {trans.__('Send the file itself')}
            </button>
          )}
        </p>
      )}
      <div className="tsm-Page-actions">
        <Button
          label={main ? trans.__('Another main file …') : trans.__('Choose the main file …')}
          accent={!main}
          disabled={busy}
          run={() => actions.choose(ROLE.main)}
        />
        {!main && (
          <Button label={trans.__('A HATS catalogue …')} disabled={busy} run={() => actions.chooseFolder()} />
        )}
        {main && opens(main) && (
          <Button label={trans.__('Look at the table')} run={() => actions.explore(main.path)} />
        )}
        {main && (
          <Button
            label={trans.__('Attach files …')}
            disabled={busy}
            run={() => actions.choose(ROLE.auxiliary)}
          />
        )}
      </div>
    </>
  );
}
