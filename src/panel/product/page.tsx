import type { TranslationBundle } from '@jupyterlab/translation';
import { type ComponentType, type ReactNode, useState } from 'react';

import { type IProduct, STATUS } from '../../api';
import { Copy } from '../../explorer/Copy';
import { Chip } from '../../ui/chip';
import { formatCount } from '../../ui/format';
import { useSignal } from '../../ui/hooks';
import { formatDay } from '../../ui/time';
import { Failure } from '../frame';
import { Button, Part, Pending, Table } from '../parts';
import type { IProductActions } from './actions';
import { citation, pythonOf, shareText } from './cite';
import { Columns, Preview } from './columns';
import { EditForm } from './edit';
import { Files } from './files';
import type { ProductModel } from './model';
import { Held } from './parts';
import { Provenance } from './provenance';
import { Sources, Versions } from './versions';
import { accessOf, isInput, opens, stateOf, unfinished } from './words';

export interface IProductPageProps {
  readonly model: ProductModel;
  readonly actions: IProductActions;
  readonly trans: TranslationBundle;
  /** Shows Markdown, safely. */
  readonly Markdown: ComponentType<{ readonly text: string }>;
}

/** A product: what it is, what it holds, where it comes from, and what can be done with it. */
export function ProductPage(props: IProductPageProps): JSX.Element {
  const { model, trans } = props;
  useSignal(model.changed);
  const { value: product, trouble } = model.product;
  if (product === null) {
    const label = trans.__('Asking for the product …');
    return <Pending {...{ trouble, label, trans }} again={() => void model.load()} />;
  }
  return (
    <article className="tsm-Page-all" aria-label={product.displayName}>
      <Head {...props} product={product} />
      <Part title={trans.__('Description')}>
        {product.description.trim() ? (
          <props.Markdown text={product.description} />
        ) : (
          <p className="tsm-mod-muted">
            {product.canUpdate
              ? trans.__('It has no description yet. Edit it to say what it is and how it is cited.')
              : trans.__('Its owner has not described it.')}
          </p>
        )}
      </Part>
      <Versions {...props} product={product} />
      <Part title={trans.__('Files')} count={model.files.value?.length}>
        <Held section={model.files} label={trans.__('Loading files')} {...props}>
          <Files {...props} product={product} />
        </Held>
      </Part>
      <Part title={trans.__('Columns')} count={model.contents.value?.length}>
        <Held section={model.contents} label={trans.__('Loading columns')} {...props}>
          <Columns {...props} product={product} />
        </Held>
        <Preview {...props} />
      </Part>
      <Part title={trans.__('Where it comes from')}>
        <Held section={model.origin} label={trans.__('Loading its history')} {...props}>
          <Provenance {...props} product={product} />
        </Held>
      </Part>
      {product.processId !== null && (
        <Part title={trans.__('Configuration')}>
          <Held section={model.config} label={trans.__('Loading its configuration')} {...props}>
            <Config {...props} />
          </Held>
        </Part>
      )}
      <Part title={trans.__('How to cite')}>
        <Sources {...props} product={product} />
        <pre className="tsm-Page-box tsm-ProductPage-cite">
          {citation(product, model.origin.value, model.server.value)}
        </pre>
        <Copy
          trans={trans}
          label={trans.__('Copy citation')}
          text={() => citation(product, model.origin.value, model.server.value)}
        />
      </Part>
    </article>
  );
}

function Head({
  model,
  actions,
  trans,
  product
}: IProductPageProps & { readonly product: IProduct }): JSX.Element {
  const [editing, setEditing] = useState(false);
  const state = stateOf(product, model.files.value?.length ?? 0, trans);
  const access = accessOf(product, model.release, trans);
  const server = model.server.value;
  const rows = model.main?.rows ?? null;
  const page = server !== null && server.url !== '';
  const facts: [string, ReactNode][] = [
    [trans.__('Type'), product.typeName],
    [trans.__('Release'), product.release ?? trans.__('none')],
    [trans.__('Owner'), product.owner],
    [trans.__('Made'), `${formatDay(product.created)}${product.origin ? ` · ${product.origin}` : ''}`],
    ...(rows === null ? [] : ([[trans.__('Rows'), formatCount(rows)]] as [string, ReactNode][])),
    [trans.__('Seen by'), access.label],
    [trans.__('Name'), <code key="name">{product.internalName}</code>],
    ...(product.pzCode ? ([[trans.__('Photo-z code'), product.pzCode]] as [string, ReactNode][]) : []),
    ...(server ? ([[trans.__('Server'), server.name]] as [string, ReactNode][]) : [])
  ];
  return (
    <header className="tsm-Page-head">
      <div className="tsm-Page-title">
        <h2>{product.displayName}</h2>
        <Chip kind={state.kind}>{state.label}</Chip>
        {product.official && <Chip kind="good">{trans.__('Official')}</Chip>}
        {access.restricted && <Chip kind="restricted">{trans.__('Rights holders')}</Chip>}
      </div>
      {state.note && <p role="note">{state.note}</p>}
      {model.product.trouble && (
        <Failure trouble={model.product.trouble} trans={trans} retry={() => void model.load()} />
      )}
      <div className="tsm-Page-actions" role="group" aria-label={trans.__('What to do with it')}>
        {opens(product, model.main) && (
          <Button accent run={() => actions.explore(product)} label={trans.__('Open in explorer')} />
        )}
        {unfinished(product) && product.isOwner && actions.resume && (
          <Button accent run={() => actions.resume!(product)} label={trans.__('Go on with the upload')} />
        )}
        {isInput(product) && (
          <Button run={() => actions.useAsInput(product)} label={trans.__('Use as input')} />
        )}
        <Copy
          trans={trans}
          label={trans.__('Copy as Python')}
          text={() => pythonOf(product, model.server.value)}
        />
        <Copy
          trans={trans}
          label={page ? trans.__('Copy link') : trans.__('Copy name')}
          text={() => shareText(product, model.server.value)}
        />
        {product.processId !== null && (
          <Button run={() => actions.openProcess(product.processId!)} label={trans.__('Process and log')} />
        )}
        {product.canUpdate && product.status !== STATUS.deleted && !editing && (
          <Button run={() => setEditing(true)} label={trans.__('Edit')} />
        )}
        {product.canDelete && product.status !== STATUS.deleted && (
          <Button run={() => actions.delete()} label={trans.__('Delete …')} />
        )}
      </div>
      {model.busy && <p role="status">{model.busy}</p>}
      {model.trouble && <Failure trouble={model.trouble} trans={trans} />}
      {editing ? (
        <EditForm model={model} product={product} trans={trans} done={() => setEditing(false)} />
      ) : (
        <dl className="tsm-ProductPage-facts">
          {facts.map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
      )}
    </header>
  );
}

function Config({ model, trans }: IProductPageProps): JSX.Element {
  const { config, flags } = model.config.value!;
  if (config === null && flags === null) {
    return <p className="tsm-mod-muted">{trans.__('The server tells nothing of it.')}</p>;
  }
  return (
    <>
      {config !== null && <Settings caption={trans.__('Parameters of its process')} values={config} />}
      {flags !== null && (
        <details>
          <summary>{trans.__('Flag rules that it used')}</summary>
          <Settings caption={trans.__('Flag rules')} values={flags} />
        </details>
      )}
    </>
  );
}

function Settings({
  caption,
  values
}: {
  readonly caption: string;
  readonly values: Record<string, unknown>;
}): JSX.Element {
  return (
    <Table head={[]} caption={caption}>
      {Object.entries(values).map(([name, value]) => (
        <tr key={name}>
          <th scope="row">{name}</th>
          <td>
            {typeof value === 'object' && value !== null ? (
              <pre>{JSON.stringify(value, null, 2)}</pre>
            ) : (
              String(value ?? '')
            )}
          </td>
        </tr>
      ))}
    </Table>
  );
}
