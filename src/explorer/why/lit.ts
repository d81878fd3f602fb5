/** The measurement that is pointed at: it is lit in the pictures and in the list alike. */
export interface ILit {
  readonly lit: string | null;
  readonly onLit: (rowId: string | null) => void;
}

export function litClass(lit: string | null, rowId: string): string {
  return lit === null ? '' : lit === rowId ? 'tsm-mod-lit' : 'tsm-mod-dim';
}
