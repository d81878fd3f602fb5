export interface IModesProps<M extends string> {
  readonly label: string;
  /** Of each: its name, what its button says, and what it means. */
  readonly modes: readonly (readonly [name: M, label: string, title: string])[];
  readonly mode: M;
  readonly onMode: (mode: M) => void;
}

/** Buttons of which one is pressed: what a plot draws. */
export function Modes<M extends string>({ label, modes, mode, onMode }: IModesProps<M>): JSX.Element {
  return (
    <span className="tsm-Compare-modes" role="group" aria-label={label}>
      {modes.map(([name, text, title]) => (
        <button
          type="button"
          key={name}
          className="tsm-View-switch"
          aria-pressed={mode === name}
          title={title}
          onClick={() => onMode(name)}
        >
          {text}
        </button>
      ))}
    </span>
  );
}
