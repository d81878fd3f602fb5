import { forwardRef, type KeyboardEvent, type ReactNode } from 'react';

export interface ISidePanelProps {
  /** What the panel is, for those who do not see it. */
  readonly label: string;
  readonly title: string;
  /** What the closing button says. */
  readonly closeLabel: string;
  readonly onClose: () => void;
  readonly className?: string;
  /** Buttons between the title and the closing one. */
  readonly tools?: ReactNode;
  /** The title is said aloud when it changes. */
  readonly live?: boolean;
  readonly busy?: boolean;
  /** Keys other than Escape, which closes. */
  readonly onKey?: (event: KeyboardEvent<HTMLElement>) => void;
  readonly children: ReactNode;
}

/** What stands at the side of the rows: a title, a way to close it, and its content. Escape closes it too. */
export const SidePanel = forwardRef<HTMLElement, ISidePanelProps>(
  function SidePanel(props, ref): JSX.Element {
    const { label, title, closeLabel, onClose, className, tools, live, busy, onKey, children } = props;
    return (
      <aside
        ref={ref}
        className={`tsm-Details${className === undefined ? '' : ` ${className}`}`}
        aria-label={label}
        aria-busy={busy}
        tabIndex={-1}
        onKeyDown={event => {
          if (event.key === 'Escape') {
            event.stopPropagation();
            onClose();
          } else {
            onKey?.(event);
          }
        }}
      >
        <header className="tsm-Details-head">
          <h3 title={title} aria-live={live ? 'polite' : undefined}>
            {title}
          </h3>
          {tools}
          <button
            type="button"
            className="tsm-View-close"
            aria-label={closeLabel}
            title={closeLabel}
            onClick={onClose}
          >
            ×
          </button>
        </header>
        {children}
      </aside>
    );
  }
);
