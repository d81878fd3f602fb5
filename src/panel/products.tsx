import type { TranslationBundle } from '@jupyterlab/translation';
import { addIcon, copyIcon, infoIcon } from '@jupyterlab/ui-components';
import { type KeyboardEvent, useEffect, useId, useLayoutEffect, useRef, useState } from 'react';

import { type IProduct, STATUS } from '../api';
import { formatCount } from '../ui/format';
import { formatDay } from '../ui/time';
import type { PanelModel } from './model';
import { isInput, opens, stateOf } from './product/words';

export interface IProductActions {
  /** Its table, in the explorer. */
  openProduct(product: IProduct): void;
  /** What it is: its page. */
  aboutProduct(product: IProduct): void;
  /** Put what to cite on the clipboard. */
  cite(product: IProduct): void;
  addProduct(product: IProduct): void;
}

export interface IProductsProps {
  readonly label: string;
  readonly products: readonly IProduct[];
  readonly model: PanelModel;
  readonly actions: IProductActions;
  readonly trans: TranslationBundle;
  /** A star before each, as the newest of its type. */
  readonly star?: boolean;
}

const OVERSCAN = 4;

/** Products, one or two lines each; only those in view are in the page. */
export function ProductList({
  label,
  products,
  model,
  actions,
  trans,
  star = false
}: IProductsProps): JSX.Element {
  const list = useRef<HTMLUListElement>(null);
  const name = useId();
  const [row, setRow] = useState(42);
  const [view, setView] = useState({ top: 0, height: 400 });

  const look = () => {
    const node = list.current;
    if (node) {
      setView({ top: node.scrollTop, height: node.clientHeight || 400 });
    }
  };
  useLayoutEffect(() => {
    const item = list.current?.querySelector<HTMLElement>('.tsm-Product');
    if (item && item.offsetHeight > 0 && item.offsetHeight !== row) {
      setRow(item.offsetHeight);
    }
  }, [row, products]);
  useEffect(() => {
    const observer = new ResizeObserver(look);
    observer.observe(list.current!);
    return () => observer.disconnect();
  }, []);

  const first = Math.max(0, Math.floor(view.top / row) - OVERSCAN);
  const last = Math.min(products.length, Math.ceil((view.top + view.height) / row) + OVERSCAN);
  const shown = products.slice(first, last);
  const ids = shown.map(product => product.id).join();
  useEffect(() => {
    model.counts.want(name, ids ? ids.split(',').map(Number) : []);
  }, [ids, model, name]);
  useEffect(() => () => model.counts.want(name, []), [model, name]);

  const onKeyDown = (event: KeyboardEvent) => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    const item = (event.target as HTMLElement).closest<HTMLElement>('.tsm-Product');
    const node = list.current;
    if (step === 0 || !item || !node) {
      return;
    }
    event.preventDefault();
    const next = step > 0 ? item.nextElementSibling : item.previousElementSibling;
    const button = next?.querySelector<HTMLElement>('.tsm-Product-main');
    button?.focus();
    button?.scrollIntoView({ block: 'nearest' });
  };

  return (
    <ul className="tsm-Panel-list" ref={list} aria-label={label} onScroll={look} onKeyDown={onKeyDown}>
      {first > 0 && <li aria-hidden="true" style={{ height: first * row }} />}
      {shown.map((product, index) => (
        <li
          key={product.id}
          className="tsm-Product"
          aria-setsize={products.length}
          aria-posinset={first + index + 1}
        >
          <button
            type="button"
            className="tsm-Product-main"
            title={tip(product)}
            onClick={() =>
              opens(product, null) ? actions.openProduct(product) : actions.aboutProduct(product)
            }
          >
            <span className="tsm-Product-line">
              {star && (
                <span className="tsm-Product-star" aria-hidden="true">
                  ★
                </span>
              )}
              <span className="tsm-Product-name">{product.displayName}</span>
              <Rows count={model.counts.get(product.id)} />
            </span>
            <span className="tsm-Product-more">{moreOf(product, star, trans)}</span>
          </button>
          <span className="tsm-Product-actions">
            <button
              type="button"
              className="tsm-Panel-iconButton"
              title={
                star
                  ? trans.__('Documentation and how to cite')
                  : trans.__('About: description, columns, files')
              }
              aria-label={trans.__('About %1', product.displayName)}
              onClick={() => actions.aboutProduct(product)}
            >
              <infoIcon.react tag="span" />
            </button>
            {star && (
              <button
                type="button"
                className="tsm-Panel-iconButton"
                title={trans.__('Copy what to cite')}
                aria-label={trans.__('Copy what to cite of %1', product.displayName)}
                onClick={() => actions.cite(product)}
              >
                <copyIcon.react tag="span" />
              </button>
            )}
            {isInput(product) && (
              <button
                type="button"
                className="tsm-Panel-iconButton"
                title={trans.__('Add to recipe')}
                aria-label={trans.__('Add %1 to the recipe', product.displayName)}
                onClick={() => actions.addProduct(product)}
              >
                <addIcon.react tag="span" />
              </button>
            )}
          </span>
        </li>
      ))}
      {last < products.length && <li aria-hidden="true" style={{ height: (products.length - last) * row }} />}
    </ul>
  );
}

function Rows({ count }: { readonly count: number | null | undefined }): JSX.Element | null {
  return typeof count === 'number' ? <span className="tsm-Product-rows">{formatCount(count)}</span> : null;
}

function moreOf(product: IProduct, star: boolean, trans: TranslationBundle): string {
  const day = formatDay(product.created);
  const words = star
    ? [product.release, day, product.typeName]
    : [
        product.status === STATUS.published ? null : stateOf(product, 0, trans).label,
        product.official ? trans.__('official') : product.owner,
        product.release,
        day
      ];
  return words.filter(Boolean).join(' · ');
}

function tip(product: IProduct): string {
  return [product.displayName, product.internalName, product.description].filter(Boolean).join('\n');
}
