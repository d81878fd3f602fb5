import type { TranslationBundle } from '@jupyterlab/translation';
import { caretDownIcon, caretRightIcon } from '@jupyterlab/ui-components';
import { type ReactNode, useId } from 'react';

import { formatCount } from '../ui/format';
import type { ITrouble } from './section';

export interface IFrameProps {
  readonly title: string;
  readonly count?: number | null;
  /** Buttons at the right of the heading. */
  readonly tools?: ReactNode;
  /** Takes the room that is left. */
  readonly grows?: boolean;
  readonly folded: boolean;
  onFold(folded: boolean): void;
  readonly children: ReactNode;
}

/** A section of the panel: a heading that folds it, a count, and what it holds. */
export function Frame({
  title,
  count = null,
  tools,
  grows = false,
  folded,
  onFold,
  children
}: IFrameProps): JSX.Element {
  const open = !folded;
  const id = useId();
  const Caret = open ? caretDownIcon : caretRightIcon;
  return (
    <section
      className={`tsm-Panel-section${grows && open ? ' tsm-mod-grows' : ''}`}
      aria-labelledby={`${id}-title`}
    >
      <div className="tsm-Panel-sectionHeader">
        <h3 id={`${id}-title`}>
          <button type="button" aria-expanded={open} aria-controls={id} onClick={() => onFold(open)}>
            <Caret.react tag="span" className="tsm-Panel-caret" />
            {title}
          </button>
        </h3>
        {tools}
        {count !== null && <span className="tsm-Panel-count">{formatCount(count)}</span>}
      </div>
      <div id={id} className="tsm-Panel-sectionBody" hidden={!open}>
        {open && children}
      </div>
    </section>
  );
}

/** Lines where items will be. */
export function Shape({ label }: { readonly label: string }): JSX.Element {
  return (
    <div className="tsm-Panel-shape" role="status" aria-label={label}>
      <span />
      <span />
      <span />
    </div>
  );
}

export function Note({ children }: { readonly children: ReactNode }): JSX.Element {
  return <div className="tsm-Panel-note">{children}</div>;
}

export interface IFailureProps {
  readonly trouble: ITrouble;
  readonly trans: TranslationBundle;
  readonly retry?: () => void;
}

/** What went wrong in a section; the others go on. */
export function Failure({ trouble, trans, retry }: IFailureProps): JSX.Element {
  return (
    <div className="tsm-Panel-failure" role="alert">
      <p>{trouble.message}</p>
      {trouble.remedy && <p className="tsm-mod-muted">{trouble.remedy}</p>}
      {retry && (
        <button type="button" className="tsm-Panel-textButton" onClick={retry}>
          {trans.__('Try again')}
        </button>
      )}
    </div>
  );
}
