/** What the pages of products, uploads and processes are made of: parts with a heading, buttons, tables. */
import type { TranslationBundle } from '@jupyterlab/translation';
import { type ReactNode, useId } from 'react';

import { formatCount } from '../ui/format';
import { Loading, Trouble } from '../ui/states';
import type { ITrouble } from './section';

export interface IPartProps {
  readonly title: string;
  /** How many things it holds. */
  readonly count?: number;
  /** At the right of the heading. */
  readonly tools?: ReactNode;
  /** Takes the room that is left. */
  readonly grows?: boolean;
  readonly children: ReactNode;
}

export function Part({ title, count, tools, grows = false, children }: IPartProps): JSX.Element {
  const id = useId();
  return (
    <section className={`tsm-Page-part${grows ? ' tsm-mod-grows' : ''}`} aria-labelledby={id}>
      <div className="tsm-Page-partHead">
        <h3 id={id}>
          {title}
          {count !== undefined && <span className="tsm-mod-muted"> {formatCount(count)}</span>}
        </h3>
        {tools}
      </div>
      {children}
    </section>
  );
}

export interface IPendingProps {
  readonly trouble: ITrouble | null;
  /** What is waited for. */
  readonly label: string;
  readonly again: () => void;
  readonly trans: TranslationBundle;
}

/** In place of a page whose content has not come. */
export function Pending({ trouble, label, again, trans }: IPendingProps): JSX.Element {
  return trouble ? (
    <Trouble title={trouble.message} actions={[{ label: trans.__('Try again'), run: again }]}>
      {trouble.remedy}
    </Trouble>
  ) : (
    <Loading label={label} />
  );
}

export interface IButtonProps {
  readonly label: string;
  readonly accent?: boolean;
  readonly disabled?: boolean;
  run(): void;
}

export function Button({ label, accent = false, disabled = false, run }: IButtonProps): JSX.Element {
  return (
    <button
      type="button"
      className={`tsm-Button${accent ? ' tsm-mod-accent' : ''}`}
      disabled={disabled}
      onClick={run}
    >
      {label}
    </button>
  );
}

/** The heading of a column: words, those of numbers, or such as only readers of the screen need. */
export type Heading = string | { readonly number: string } | { readonly hidden: string };

export interface ITableProps {
  readonly head: readonly Heading[];
  readonly className?: string;
  /** Its name, where that is not shown. */
  readonly caption?: string;
  /** The rows. */
  readonly children: ReactNode;
}

export function Table({ head, className = '', caption, children }: ITableProps): JSX.Element {
  return (
    <table className={`tsm-Page-table ${className}`.trim()}>
      {caption !== undefined && <caption>{caption}</caption>}
      {head.length > 0 && (
        <thead>
          <tr>
            {head.map((one, i) => (
              <th key={i} scope="col" className={isNumber(one) ? 'tsm-mod-number' : undefined}>
                {typeof one === 'string' ? (
                  one
                ) : isNumber(one) ? (
                  one.number
                ) : (
                  <span className="tsm-hidden">{one.hidden}</span>
                )}
              </th>
            ))}
          </tr>
        </thead>
      )}
      <tbody>{children}</tbody>
    </table>
  );
}

/** A table that may be wider than the page: it scrolls by itself, by the keyboard too. */
export function ScrollTable({ label, ...table }: ITableProps & { readonly label: string }): JSX.Element {
  return (
    <div className="tsm-Page-scroll" tabIndex={0} role="region" aria-label={label}>
      <Table {...table} />
    </div>
  );
}

function isNumber(heading: Heading): heading is { readonly number: string } {
  return typeof heading === 'object' && 'number' in heading;
}
