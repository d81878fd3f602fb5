import type { ReactNode } from 'react';
import type { TranslationBundle } from '@jupyterlab/translation';

export interface IViewFrameProps {
  readonly trans: TranslationBundle;
  readonly title: string;
  /** Selects and switches beside the title. */
  readonly controls?: ReactNode;
  readonly footer?: ReactNode;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

/** A plot's title line, its controls, the plot, and a line of small print. */
export function ViewFrame({
  trans,
  title,
  controls,
  footer,
  onClose,
  children
}: IViewFrameProps): JSX.Element {
  return (
    <section className="tsm-View" aria-label={title}>
      <header className="tsm-View-head">
        <h3>{title}</h3>
        <span className="tsm-View-controls">{controls}</span>
        <button
          type="button"
          className="tsm-View-close"
          title={trans.__('Close this view')}
          aria-label={trans.__('Close the view %1', title)}
          onClick={onClose}
        >
          ×
        </button>
      </header>
      <div className="tsm-View-body">{children}</div>
      <footer className="tsm-View-foot" title={typeof footer === 'string' ? footer : undefined}>
        {footer}
      </footer>
    </section>
  );
}
