import type { ReactNode } from 'react';

/** The three states of a screen that has no content to show: what to do, what is coming, what went wrong. */

export interface IEmptyProps {
  readonly title: string;
  readonly children?: ReactNode;
  /** The one button that says what to do first. */
  readonly action?: { readonly label: string; readonly run: () => void };
}

export function Empty({ title, children, action }: IEmptyProps): JSX.Element {
  return (
    <div className="tsm-State tsm-State-empty">
      <p className="tsm-State-title">{title}</p>
      {children !== undefined && <p className="tsm-State-text">{children}</p>}
      {action !== undefined && (
        <button type="button" className="tsm-Button" onClick={action.run}>
          {action.label}
        </button>
      )}
    </div>
  );
}

export interface ILoadingProps {
  readonly label: string;
  /** From 0 to 1, where it is known. */
  readonly fraction?: number | null;
}

export function Loading({ label, fraction = null }: ILoadingProps): JSX.Element {
  return (
    <div className="tsm-State tsm-State-loading" role="status">
      <div className="tsm-State-shape" aria-hidden="true">
        <span />
        <span />
        <span />
        <span />
        <span />
      </div>
      <p className="tsm-State-text">{label}</p>
      {fraction !== null && <progress value={fraction} max={1} aria-label={label} />}
    </div>
  );
}

export interface ITroubleProps {
  /** What went wrong. */
  readonly title: string;
  /** Why, and what to do about it. */
  readonly children?: ReactNode;
  readonly actions?: readonly { readonly label: string; readonly run: () => void }[];
}

export function Trouble({ title, children, actions = [] }: ITroubleProps): JSX.Element {
  return (
    <div className="tsm-State tsm-State-trouble" role="alert">
      <p className="tsm-State-title">{title}</p>
      {children !== undefined && <div className="tsm-State-text">{children}</div>}
      {actions.length > 0 && (
        <div className="tsm-State-actions">
          {actions.map(({ label, run }) => (
            <button type="button" className="tsm-Button" key={label} onClick={run}>
              {label}
            </button>
          ))}
        </div>
      )}
    </div>
  );
}
