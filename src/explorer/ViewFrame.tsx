import type { ReactNode } from 'react';
import type { TranslationBundle } from '@jupyterlab/translation';

export interface IViewFrameProps {
  readonly trans: TranslationBundle;
  readonly title: string;
  /** Selects and switches beside the title. */
  readonly controls?: ReactNode;
  /** What can be done with the plot as a whole. */
  readonly menu?: ReactNode;
  /** A line of small print. */
  readonly footer?: ReactNode;
  /** Switches at the end of that line. */
  readonly actions?: ReactNode;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

/** A plot's title line, its controls, the plot, and a line of small print. */
export function ViewFrame(props: IViewFrameProps): JSX.Element {
  const { trans, title, controls, menu, footer, actions, onClose, children } = props;
  return (
    <section className="tsm-View" aria-label={title}>
      <header className="tsm-View-head">
        <h3>{title}</h3>
        <span className="tsm-View-controls">{controls}</span>
        {menu}
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
      <footer className="tsm-View-foot">
        <span className="tsm-View-print">{footer}</span>
        {actions}
      </footer>
    </section>
  );
}
