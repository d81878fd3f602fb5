import type { ReactNode } from 'react';

export type ChipKind = 'plain' | 'good' | 'warning' | 'bad' | 'busy' | 'restricted';

export interface IChipProps {
  readonly kind?: ChipKind;
  readonly title?: string;
  readonly children: ReactNode;
}

/** A short state in words; its colour only repeats them. */
export function Chip({ kind = 'plain', title, children }: IChipProps): JSX.Element {
  return (
    <span className={`tsm-Chip tsm-mod-${kind}`} title={title}>
      {children}
    </span>
  );
}
