import type { TranslationBundle } from '@jupyterlab/translation';

import { type IDownload, type IProduct, type IProductFile, ROLE, STATUS } from '../../api';
import { formatBytes, formatCount } from '../../ui/format';
import { Button, Table } from '../parts';
import type { IProductActions } from './actions';
import type { ProductModel } from './model';
import { roleWords } from './words';

export interface IFilesProps {
  readonly model: ProductModel;
  readonly product: IProduct;
  readonly actions: IProductActions;
  readonly trans: TranslationBundle;
}

/** The files with their sizes, how to get them, and, for those who may, how to add and remove some. */
export function Files({ model, product, actions, trans }: IFilesProps): JSX.Element {
  const files = model.files.value ?? [];
  const { main } = model;
  const busy = model.busy !== null;
  const mayAttach = product.isOwner && product.status !== STATUS.deleted;
  return (
    <>
      {files.length === 0 ? (
        <p className="tsm-mod-muted">{trans.__('It has no files.')}</p>
      ) : (
        <Table
          head={[
            trans.__('File'),
            trans.__('Role'),
            { number: trans.__('Rows') },
            { number: trans.__('Size') },
            ...(mayAttach ? [{ hidden: trans.__('Remove') }] : [])
          ]}
        >
          {files.map(file => (
            <tr key={file.id}>
              <td>
                {file.name}
                {file.isFolder && <span className="tsm-mod-muted"> · HATS</span>}
              </td>
              <td>{roleWords(file.role, trans)}</td>
              <td className="tsm-mod-number">{file.rows === null ? '' : formatCount(file.rows)}</td>
              <td className="tsm-mod-number">{formatBytes(file.size)}</td>
              {mayAttach && (
                <td>
                  {removable(file, product) && (
                    <button
                      type="button"
                      className="tsm-Panel-textButton"
                      aria-label={trans.__('Remove %1', file.name)}
                      disabled={busy}
                      onClick={() => actions.removeFile(file.id, file.name)}
                    >
                      {trans.__('Remove …')}
                    </button>
                  )}
                </td>
              )}
            </tr>
          ))}
        </Table>
      )}
      <div className="tsm-Page-actions">
        {main && (
          <Button
            label={trans.__('Download %1', main.name)}
            disabled={busy}
            run={() => actions.download(true)}
          />
        )}
        {files.length > 0 && (
          <Button
            label={trans.__('Download all as .zip')}
            disabled={busy}
            run={() => actions.download(false)}
          />
        )}
        {mayAttach && (
          <>
            <Button
              label={trans.__('Attach files …')}
              disabled={busy}
              run={() => actions.attach(ROLE.auxiliary)}
            />
            {!files.some(file => file.role === ROLE.description) && (
              <Button
                label={trans.__('Attach a description …')}
                disabled={busy}
                run={() => actions.attach(ROLE.description)}
              />
            )}
          </>
        )}
      </div>
      <Downloads model={model} actions={actions} trans={trans} />
    </>
  );
}

/** The main file of a published product stays: it is what its columns describe. */
function removable(file: IProductFile, product: IProduct): boolean {
  return file.canDelete && (file.role !== ROLE.main || product.status !== STATUS.published);
}

function Downloads({ model, actions, trans }: Omit<IFilesProps, 'product'>): JSX.Element | null {
  if (model.downloads.length === 0) {
    return null;
  }
  return (
    <ul className="tsm-Page-list tsm-ProductPage-downloads" aria-label={trans.__('Downloads')}>
      {model.downloads.slice(0, 3).map(one => (
        <li key={one.id}>
          <Progress one={one} trans={trans} />
          {(one.state === 'preparing' || one.state === 'running') && (
            <Button
              label={trans.__('Stop')}
              run={() => void model.stopDownload(one.id).catch(() => undefined)}
            />
          )}
          {one.path !== null && (
            <Button label={trans.__('Show in file browser')} run={() => actions.reveal(one.path!)} />
          )}
          {(one.state === 'failed' || one.state === 'stopped') && (
            <Button
              label={one.done > 0 ? trans.__('Go on') : trans.__('Try again')}
              run={() => actions.download(one.main)}
            />
          )}
        </li>
      ))}
    </ul>
  );
}

function Progress({
  one,
  trans
}: {
  readonly one: IDownload;
  readonly trans: TranslationBundle;
}): JSX.Element {
  const size = formatBytes(one.total ?? one.done);
  switch (one.state) {
    case 'preparing':
      return <span role="status">{trans.__('The server packs the files …')}</span>;
    case 'running': {
      const said = one.total
        ? trans.__('%1 of %2', formatBytes(one.done), size)
        : trans.__('%1 so far', size);
      return (
        <>
          <progress value={one.total ? one.done / one.total : undefined} max={1} aria-label={said} />
          <span>{said}</span>
        </>
      );
    }
    case 'done':
      return <span role="status">{trans.__('%1 is there, %2.', one.path ?? '', size)}</span>;
    case 'stopped':
      return <span role="status">{trans.__('Stopped.')}</span>;
    case 'failed':
      return (
        <span role="alert">
          {one.message} {one.remedy}
        </span>
      );
  }
}
