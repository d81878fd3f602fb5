import type { TranslationBundle } from '@jupyterlab/translation';
import type { ComponentType } from 'react';

import { Chip } from '../../ui/chip';
import { useSignal } from '../../ui/hooks';
import { Failure, Shape } from '../frame';
import { Button, Part } from '../parts';
import type { ICheck } from './checks';
import { Columns } from './columnsPart';
import type { IDraft } from './draft';
import { Files } from './filesPart';
import type { UploadModel } from './model';
import { Checks, type IUploadActions } from './parts';
import { What } from './what';
import { progressWords } from './words';

export interface IUploadPageProps {
  readonly model: UploadModel;
  readonly actions: IUploadActions;
  readonly trans: TranslationBundle;
  readonly Markdown: ComponentType<{ readonly text: string }>;
}

/** A product that is made of files: all its steps on one page. */
export function UploadPage({ model, actions, trans, Markdown }: IUploadPageProps): JSX.Element {
  useSignal(model.changed);
  const { state, server, product, main, draft } = model;
  if (product) {
    return <Done {...{ model, actions, trans }} />;
  }
  const busy = state === 'sending';
  const asked = [server, model.types, model.releases].find(section => section.trouble);
  const checks = main ? model.checks : [];
  return (
    <div className="tsm-Page-all">
      <div className="tsm-Page-head">
        <div className="tsm-Page-title">
          <h2>
            {draft.product !== null
              ? trans.__('Go on with %1', draft.what.name)
              : trans.__('Share on the PZ Server')}
          </h2>
          {server.value && <Chip kind="plain">{server.value.name}</Chip>}
          {model.table.value && (
            <Chip kind={model.table.value.access === 'public' ? 'plain' : 'restricted'}>
              {model.table.value.access === 'public'
                ? trans.__('public')
                : trans.__('Rubin data-rights holders')}
            </Chip>
          )}
        </div>
        {asked?.trouble && <Failure trouble={asked.trouble} trans={trans} retry={() => void model.load()} />}
        {server.loading && !server.value && <Shape label={trans.__('Asking the server')} />}
        {!busy && <Drafts {...{ model, trans }} />}
      </div>
      <Part title={trans.__('Files')}>
        <Files {...{ model, busy, actions, trans }} />
      </Part>
      {main && (
        <>
          <Part title={trans.__('What it is')}>
            <What {...{ model, busy, trans, Markdown }} />
          </Part>
          <Part title={trans.__('Columns')} count={model.columns.length || undefined}>
            <Columns {...{ model, busy, trans }} />
          </Part>
          <Part title={trans.__('Checks')}>
            {model.table.loading ? (
              <Shape label={trans.__('Looking at the table')} />
            ) : (
              <Checks {...{ checks, busy, trans }} fix={(check: ICheck) => model.change(check.fix!.change)} />
            )}
          </Part>
          <Part title={trans.__('Send')}>
            <Send {...{ model, trans }} />
            {draft.product !== null && !busy && (
              <p className="tsm-mod-muted">
                {trans.__('Begun as product %1: what it has already is not sent again.', draft.product)}
              </p>
            )}
          </Part>
        </>
      )}
    </div>
  );
}

/** The button, how far it is, and what stopped it. */
function Send({ model, trans }: Pick<IUploadPageProps, 'model' | 'trans'>): JSX.Element {
  const { state, progress, trouble, draft, ready, server } = model;
  const errors = model.checks.filter(check => check.level === 'error').length;
  if (state === 'sending') {
    const words = progress ? progressWords(progress, trans) : '';
    const { done, total } = progress ?? {};
    return (
      <>
        <p role="status">{words}</p>
        <progress
          aria-label={trans.__('Progress of the upload')}
          {...(total ? { value: done ?? 0, max: total } : {})}
        />
        <div className="tsm-Page-actions">
          <Button label={trans.__('Stop')} run={() => model.stop()} />
          <span className="tsm-mod-muted">
            {trans.__('The files go from server to server: this page may be closed meanwhile.')}
          </span>
        </div>
      </>
    );
  }
  return (
    <>
      {trouble && <Failure trouble={trouble} trans={trans} />}
      <div className="tsm-Page-actions">
        <Button
          accent
          disabled={!ready}
          label={
            draft.asked || draft.product !== null
              ? trans.__('Go on')
              : trans.__('Send to %1', server.value?.name ?? '')
          }
          run={() => void model.send()}
        />
        {errors > 0 && (
          <span className="tsm-mod-muted">
            {trans._n('%1 thing is to be put right first.', '%1 things are to be put right first.', errors)}
          </span>
        )}
      </div>
    </>
  );
}

/** What was begun earlier, offered once more. */
function Drafts({ model, trans }: Pick<IUploadPageProps, 'model' | 'trans'>): JSX.Element | null {
  const drafts = model.drafts.value ?? [];
  if (drafts.length === 0) {
    return null;
  }
  const when = (draft: IDraft) => new Date(draft.when).toLocaleString();
  return (
    <section className="tsm-Page-box tsm-mod-large tsm-Upload-drafts" aria-label={trans.__('Begun earlier')}>
      <p>{trans.__('Begun earlier and not finished:')}</p>
      {model.drafts.trouble && <Failure trouble={model.drafts.trouble} trans={trans} />}
      <ul className="tsm-Page-list">
        {drafts.map(draft => {
          const name = draft.what.name || draft.files[0]?.name || trans.__('without a name');
          return (
            <li key={draft.id}>
              <span>
                {name} <span className="tsm-mod-muted">{when(draft)}</span>
              </span>
              <button
                type="button"
                className="tsm-Button"
                aria-label={trans.__('Go on with %1', name)}
                onClick={() => void model.resume(draft)}
              >
                {trans.__('Go on')}
              </button>
              <button
                type="button"
                className="tsm-Button"
                aria-label={trans.__('Discard %1', name)}
                title={trans.__('Its draft on the server is removed too; your files stay.')}
                onClick={() => void model.discard(draft)}
              >
                {trans.__('Discard')}
              </button>
            </li>
          );
        })}
      </ul>
    </section>
  );
}

/** What it became. */
function Done({ model, actions, trans }: Omit<IUploadPageProps, 'Markdown'>): JSX.Element {
  const product = model.product!;
  return (
    <div className="tsm-Page-all">
      <div className="tsm-Page-head">
        <div className="tsm-Page-title">
          <h2>{product.displayName}</h2>
          <Chip kind="good">{trans.__('Published')}</Chip>
        </div>
        <p role="status">
          {trans.__('It is on %1 as %2.', model.server.value?.name ?? '', product.internalName)}
        </p>
        <div className="tsm-Page-actions">
          <Button accent label={trans.__('Open the product')} run={() => actions.openProduct(product.id)} />
        </div>
      </div>
    </div>
  );
}
