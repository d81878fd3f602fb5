import { cssOf } from '../../ui/plots/shareRamps';
import type { Rgb } from '../../ui/palette';

/** A ramp of colours with what its ends mean, and its middle. */
export function ColourBar({
  ramp,
  labels
}: {
  readonly ramp: readonly Rgb[];
  readonly labels: readonly string[];
}): JSX.Element {
  return (
    <div className="tsm-ColourBar">
      <span
        className="tsm-ColourBar-ramp"
        aria-hidden="true"
        style={{ background: `linear-gradient(to right, ${ramp.map(cssOf).join(', ')})` }}
      />
      <span className="tsm-ColourBar-labels">
        {labels.map((label, i) => (
          <span key={i}>{label}</span>
        ))}
      </span>
    </div>
  );
}
