export interface IProgressProps {
  readonly label: string;
  /** From 0 to 1; null while nobody knows. */
  readonly fraction: number | null;
}

export function ProgressBar({ label, fraction }: IProgressProps): JSX.Element {
  const percent = fraction === null ? undefined : Math.round(100 * Math.min(1, Math.max(0, fraction)));
  return (
    <span
      className={`tsm-Progress${percent === undefined ? ' tsm-mod-unknown' : ''}`}
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={percent}
    >
      <span style={{ inlineSize: `${percent ?? 30}%` }} />
    </span>
  );
}
