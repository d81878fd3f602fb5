import type { TranslationBundle } from '@jupyterlab/translation';
import { useMemo } from 'react';

import type { IProcessDetail, IProduct } from '../../api';
import { formatDay } from '../../ui/time';
import type { IProductActions } from './actions';
import type { ProductModel } from './model';
import { type INode, type IOrigin, layOut } from './origin';

export interface IProvenanceProps {
  readonly model: ProductModel;
  readonly product: IProduct;
  readonly actions: IProductActions;
  readonly trans: TranslationBundle;
}

/** Size of a node and of the room between two, in pixels. */
const WIDTH = 168;
const HEIGHT = 42;
const GAP = { x: 36, y: 10 };

/** What it was made from: a picture where there is room for one, else a list that says the same. */
export function Provenance({ model, product, actions, trans }: IProvenanceProps): JSX.Element {
  const origin = model.origin.value!;
  const picture = useMemo(() => layOut(origin), [origin]);
  if (origin.process === null) {
    return (
      <p className="tsm-mod-muted">
        {product.processId === null
          ? trans.__('It was uploaded by %1; how it was made is for its description to say.', product.owner)
          : trans.__('The server does not tell which process made it.')}
      </p>
    );
  }
  const at = (node: INode) => ({
    left: node.column * (WIDTH + GAP.x),
    top: node.row * (HEIGHT + GAP.y)
  });
  const size = {
    width: picture.columns * (WIDTH + GAP.x) - GAP.x,
    height: picture.rows * (HEIGHT + GAP.y) - GAP.y
  };
  return (
    <div className="tsm-Provenance">
      <div
        className="tsm-Provenance-scroll"
        tabIndex={0}
        role="region"
        aria-label={trans.__('Inputs and processes, from left to right')}
      >
        <div className="tsm-Provenance-graph" style={size}>
          <svg aria-hidden="true" width={size.width} height={size.height}>
            {picture.edges.map(({ from, to }) => {
              const a = { x: at(from).left + WIDTH, y: at(from).top + HEIGHT / 2 };
              const b = { x: at(to).left, y: at(to).top + HEIGHT / 2 };
              const middle = (a.x + b.x) / 2;
              return (
                <path
                  key={`${from.key} ${to.key}`}
                  d={`M${a.x} ${a.y}C${middle} ${a.y} ${middle} ${b.y} ${b.x} ${b.y}`}
                />
              );
            })}
          </svg>
          {picture.nodes.map(node => (
            <Node key={node.key} node={node} place={at(node)} own={product.id} actions={actions} />
          ))}
        </div>
      </div>
      <div className="tsm-Provenance-list">
        <List origin={origin} own={product.id} actions={actions} trans={trans} />
      </div>
    </div>
  );
}

interface INodeProps {
  readonly node: INode;
  readonly place: { readonly left: number; readonly top: number };
  /** The product whose page this is. */
  readonly own: number;
  readonly actions: IProductActions;
}

function Node({ node, place, own, actions }: INodeProps): JSX.Element {
  const { product, process } = node;
  const style = { ...place, width: WIDTH, height: HEIGHT };
  if (process) {
    return (
      <button
        type="button"
        className="tsm-Provenance-node tsm-mod-process"
        style={style}
        title={processWords(process)}
        onClick={() => actions.openProcess(process.id)}
      >
        <span>{process.pipeline}</span>
        <span className="tsm-mod-muted">{[process.version, process.status].filter(Boolean).join(' · ')}</span>
      </button>
    );
  }
  const words = (
    <>
      <span>{product!.displayName}</span>
      <span className="tsm-mod-muted">{[product!.owner, formatDay(product!.created)].join(' · ')}</span>
    </>
  );
  return product!.id === own ? (
    <span className="tsm-Provenance-node tsm-mod-own" style={style} title={product!.displayName}>
      {words}
    </span>
  ) : (
    <button
      type="button"
      className="tsm-Provenance-node"
      style={style}
      title={product!.displayName}
      onClick={() => actions.open(product!)}
    >
      {words}
    </button>
  );
}

interface IListProps {
  readonly origin: IOrigin;
  readonly own: number;
  readonly actions: IProductActions;
  readonly trans: TranslationBundle;
}

function List({ origin, own, actions, trans }: IListProps): JSX.Element {
  const { product, process, inputs, more } = origin;
  return (
    <ul>
      <li>
        {product.id === own ? (
          <strong>{product.displayName}</strong>
        ) : (
          <button type="button" className="tsm-Panel-textButton" onClick={() => actions.open(product)}>
            {product.displayName}
          </button>
        )}
        {process && (
          <span className="tsm-mod-muted"> {trans.__('made by %1 from', processWords(process))}</span>
        )}
        {more && <span className="tsm-mod-muted"> {trans.__('made by a process that is not shown')}</span>}
        {inputs.map(input => (
          <List key={input.product.id} origin={input} own={own} actions={actions} trans={trans} />
        ))}
      </li>
    </ul>
  );
}

function processWords(process: IProcessDetail): string {
  return [process.pipeline, process.version, process.release, formatDay(process.ended ?? process.created)]
    .filter(Boolean)
    .join(' · ');
}
