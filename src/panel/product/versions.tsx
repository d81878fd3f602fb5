import type { TranslationBundle } from '@jupyterlab/translation';

import type { IProduct } from '../../api';
import { Copy } from '../../explorer/Copy';
import { Chip } from '../../ui/chip';
import { formatDay } from '../../ui/time';
import { Button, Part, Table } from '../parts';
import { byVersion, ruleWords, seriesOf } from '../series';
import type { IProductActions } from './actions';
import { citeSection, reference } from './cite';
import type { ProductModel } from './model';
import type { IOrigin } from './origin';
import { isTabular } from './words';

interface IVersionsProps {
  readonly model: ProductModel;
  readonly product: IProduct;
  readonly actions: Pick<IProductActions, 'open' | 'useAsInput' | 'changes'>;
  readonly trans: TranslationBundle;
}

/** Of an official product: whether it is the latest of its kind, the others, and what changed between them. */
export function Versions({ model, product, actions, trans }: IVersionsProps): JSX.Element | null {
  const official = model.official.value ?? [];
  const series = seriesOf(product);
  const versions = official.filter(one => seriesOf(one) === series).sort(byVersion);
  const place = versions.findIndex(one => one.id === product.id);
  if (place < 0) {
    return null;
  }
  const [latest] = versions;
  const before = versions[place + 1] as IProduct | undefined;
  return (
    <Part title={trans.__('Versions')} count={versions.length}>
      <p>
        {place === 0 ? (
          <Chip kind="good">{trans.__('Latest')}</Chip>
        ) : (
          <Chip kind="warning">{trans.__('There is a newer one')}</Chip>
        )}{' '}
        <span className="tsm-mod-muted">{ruleWords(latest, trans)}</span>
      </p>
      {versions.length > 1 && (
        <Table head={[trans.__('Version'), trans.__('Made'), { hidden: trans.__('What to do') }]}>
          {versions.map(one => (
            <tr key={one.id}>
              <td>
                {one.id === product.id ? (
                  <strong>{one.displayName}</strong>
                ) : (
                  <button type="button" className="tsm-Panel-textButton" onClick={() => actions.open(one)}>
                    {one.displayName}
                  </button>
                )}
              </td>
              <td>{formatDay(one.created)}</td>
              <td>
                {one.id !== product.id && isTabular(one) && (
                  <button
                    type="button"
                    className="tsm-Panel-textButton"
                    aria-label={trans.__('What changed between %1 and this one', one.displayName)}
                    onClick={() =>
                      byVersion(one, product) > 0
                        ? actions.changes(one, product)
                        : actions.changes(product, one)
                    }
                  >
                    {trans.__('What changed')}
                  </button>
                )}
              </td>
            </tr>
          ))}
        </Table>
      )}
      <div className="tsm-Page-actions">
        {place > 0 && (
          <Button accent label={trans.__('Use the latest')} run={() => actions.useAsInput(latest)} />
        )}
        {before && isTabular(before) && (
          <Button
            label={trans.__('What changed since %1', before.displayName)}
            run={() => actions.changes(before, product)}
          />
        )}
        {versions.length === 1 && (
          <span className="tsm-mod-muted">{trans.__('No earlier version is on this server.')}</span>
        )}
      </div>
    </Part>
  );
}

/** The products that it was made of, and how to cite each. */
export function Sources({ model, product, actions, trans }: IVersionsProps): JSX.Element | null {
  const sources = sourcesOf(model.origin.value).filter(one => one.id !== product.id);
  if (sources.length === 0) {
    return null;
  }
  const text = (one: IProduct) =>
    [reference(one, model.server.value), citeSection(one.description)].filter(Boolean).join('\n\n');
  return (
    <Table
      caption={trans.__('Its sources')}
      head={[trans.__('Made from'), trans.__('How to cite'), { hidden: trans.__('Copy') }]}
    >
      {sources.map(one => (
        <tr key={one.id}>
          <td>
            <button type="button" className="tsm-Panel-textButton" onClick={() => actions.open(one)}>
              {one.displayName}
            </button>
          </td>
          <td>
            {citeSection(one.description) ?? (
              <span className="tsm-mod-muted">{trans.__('Its owner does not say.')}</span>
            )}
          </td>
          <td>
            <Copy
              trans={trans}
              label={trans.__('Copy')}
              title={trans.__('Copy how to cite %1', one.displayName)}
              text={() => text(one)}
            />
          </td>
        </tr>
      ))}
    </Table>
  );
}

/** Everything that it was made of, each once, nearest first. */
function sourcesOf(origin: IOrigin | null): IProduct[] {
  const found = new Map<number, IProduct>();
  let level = origin?.inputs ?? [];
  while (level.length > 0) {
    level.forEach(({ product }) => found.set(product.id, found.get(product.id) ?? product));
    level = level.flatMap(one => one.inputs);
  }
  return [...found.values()];
}
