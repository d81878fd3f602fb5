import { useId } from 'react';

import { formatCount } from '../../ui/format';

export interface IBar {
  readonly label: string;
  readonly count: number;
  /** What the count is a part of; drawn behind it. */
  readonly of?: number;
  readonly colour?: string;
  /** Instead of the count. */
  readonly text?: string;
}

export interface IBarsProps {
  readonly title: string;
  /** What is counted. */
  readonly unit: string;
  readonly entries: readonly IBar[];
}

/** Counts as bars, a table for who can't see them. */
export function Bars({ title, unit, entries }: IBarsProps): JSX.Element {
  const id = useId();
  const most = Math.max(1, ...entries.map(one => one.of ?? one.count));
  const width = (count: number) => `${(100 * count) / most}%`;
  return (
    <div className="tsm-Bars">
      <h4 id={id}>
        {title} <span className="tsm-Bars-unit">{unit}</span>
      </h4>
      <table aria-labelledby={id}>
        <tbody>
          {entries.map(one => (
            <tr key={one.label}>
              <th scope="row" title={one.label}>
                {one.label}
              </th>
              <td className="tsm-Bars-bar" aria-hidden="true">
                <span className="tsm-mod-of" style={{ width: width(one.of ?? one.count) }}>
                  <span
                    style={{
                      width: one.of ? `${(100 * one.count) / one.of}%` : '100%',
                      background: one.colour
                    }}
                  />
                </span>
              </td>
              <td className="tsm-mod-number">{one.text ?? formatCount(one.count)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
