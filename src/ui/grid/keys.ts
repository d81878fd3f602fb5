import { nextSort, type Sort } from './GridHeader';

/** What the keys know of a grid. */
export interface IKeyPlace {
  readonly rows: number;
  readonly columns: number;
  /** Rows in sight, and the first of them. */
  readonly page: number;
  readonly first: number;
  readonly sort: Sort;
  readonly nameOf: (column: number) => string;
}

export type KeyAct =
  | { readonly kind: 'move'; readonly row: number; readonly column: number }
  | { readonly kind: 'open'; readonly row: number }
  | { readonly kind: 'sort'; readonly sort: Sort }
  | { readonly kind: 'clear'; readonly column: string }
  | { readonly kind: 'about'; readonly column: string };

interface IKey {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly shiftKey: boolean;
}

/** What a key does at a cell; row -1 is the header. Null where it means nothing here. */
export function afterKey(
  event: IKey,
  { row, column }: { readonly row: number; readonly column: number },
  place: IKeyPlace
): KeyAct | null {
  const { rows, columns, page, first, sort, nameOf } = place;
  const head = row < 0;
  const far = event.ctrlKey || event.metaKey;
  const step = Math.max(1, page - 1);
  const move = (toRow: number, toColumn: number): KeyAct => ({
    kind: 'move',
    row: Math.max(-1, Math.min(rows - 1, toRow)),
    column: Math.max(0, Math.min(columns - 1, toColumn))
  });
  switch (event.key) {
    case 'ArrowDown':
      return head ? move(first, column) : move(far ? rows - 1 : row + 1, column);
    case 'ArrowUp':
      return move(far ? -1 : row - 1, column);
    case 'ArrowRight':
      return move(row, far ? columns - 1 : column + 1);
    case 'ArrowLeft':
      return move(row, far ? 0 : column - 1);
    case 'PageDown':
      return move(head ? first + step : row + step, column);
    case 'PageUp':
      return head ? null : move(Math.max(0, row - step), column);
    case 'Home':
      return move(far ? 0 : row, 0);
    case 'End':
      return move(far ? rows - 1 : row, columns - 1);
    case 'Enter':
      return head ? { kind: 'sort', sort: nextSort(sort, nameOf(column)) } : { kind: 'open', row };
    case ' ':
      return { kind: 'sort', sort: nextSort(sort, nameOf(column)) };
    case 'Escape':
      return head ? { kind: 'clear', column: nameOf(column) } : null;
    case 'F2':
    case 'ContextMenu':
      return { kind: 'about', column: nameOf(column) };
    case 'F10':
      return event.shiftKey ? { kind: 'about', column: nameOf(column) } : null;
    default:
      return null;
  }
}
