import type { ReactNode } from 'react';

export interface IPanelProps {
  readonly title: string;
  readonly name: string;
  readonly controls?: ReactNode;
  /** At the right of the title line: a menu that saves the figure. */
  readonly menu?: ReactNode;
  readonly footer?: string | null;
  readonly children: ReactNode;
}

/** A plot of the comparison: title and controls, the plot, a line of small print. */
export function Panel({ title, name, controls, menu, footer, children }: IPanelProps): JSX.Element {
  return (
    <section className={`tsm-View tsm-Compare-panel tsm-mod-${name}`} aria-label={title}>
      <header className="tsm-View-head">
        <h3>{title}</h3>
        <span className="tsm-View-controls">{controls}</span>
        {menu}
      </header>
      <div className="tsm-View-body">{children}</div>
      <footer className="tsm-Compare-foot">{footer}</footer>
    </section>
  );
}
