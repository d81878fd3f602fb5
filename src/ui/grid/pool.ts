import type { Value } from '../../expr';
import { formatCount } from '../format';
import { ROW_HEIGHT } from './geometry';

/** A column as the pool draws it. */
export interface IPoolColumn {
  readonly name: string;
  /** Its place among all columns shown. */
  readonly index: number;
  readonly left: number;
  readonly width: number;
  readonly number: boolean;
  readonly format: (value: Value) => string;
}

export type ValueOf = (row: number, column: string) => Value | undefined;

interface ICell {
  readonly node: HTMLElement;
  readonly text: Text;
  said: string;
  look: string;
}

interface ISlot {
  readonly node: HTMLElement;
  readonly number: HTMLElement;
  readonly numberText: Text;
  readonly cells: ICell[];
  /** The row drawn here, or null where none is. */
  row: number | null;
  waiting: boolean;
  look: string;
}

/** Rows are placed from a row near by, so that no offset grows beyond what a browser can draw. */
const NEAR = 20_000;

/**
 * The elements of the rows in sight. A row keeps its element while it is in sight, whatever else moves; elements of
 * rows that left are given to those that came. Drawn by hand: a frame has no time for React.
 */
export class RowPool {
  /** `cells` holds the rows, `numbers` what counts them, each in a layer that moves as one. */
  constructor(
    private readonly cells: HTMLElement,
    private readonly numbers: HTMLElement,
    private readonly id: string
  ) {}

  /** How many rows fit, a part of one counted as one. */
  setCapacity(count: number): void {
    if (count === this.slots.length) {
      return;
    }
    for (const slot of this.slots.splice(count)) {
      this.unmark(slot);
      slot.node.remove();
      slot.number.remove();
    }
    while (this.slots.length < count) {
      this.slots.push(this.makeSlot());
    }
    // the slot of a row depends on how many there are
    this.slots.forEach(slot => this.vacate(slot));
  }

  /** The columns in sight; all of a row's cells are written anew. */
  setColumns(columns: readonly IPoolColumn[]): void {
    this.columns = columns;
    this.slots.forEach(slot => this.fit(slot));
  }

  /** Draw `count` rows from `first`, which may be a fraction; `fresh` writes those again that stayed. */
  draw(first: number, count: number, left: number, valueOf: ValueOf, fresh: boolean): void {
    const start = Math.floor(first);
    const size = this.slots.length;
    if (Math.abs(start - this.base) > NEAR) {
      this.base = start;
      this.slots.forEach(slot => this.vacate(slot));
    }
    this.waiting = false;
    for (let row = start; row < start + size; row++) {
      const slot = this.slots[row % size];
      if (row >= start + count) {
        this.vacate(slot);
      } else if (slot.row !== row) {
        this.give(slot, row);
        this.write(slot, valueOf);
      } else if (fresh) {
        this.write(slot, valueOf);
      }
      this.waiting ||= slot.waiting && slot.row !== null;
    }
    const y = Math.round((this.base - first) * ROW_HEIGHT);
    this.cells.style.transform = `translate(${-left}px, ${y}px)`;
    this.numbers.style.transform = `translateY(${y}px)`;
  }

  /** Whether a row in sight has no values yet. */
  waiting = false;

  setOpen(row: number | null): void {
    this.open = row;
    this.slots.forEach(slot => slot.row !== null && this.show(slot));
  }

  /** Mark the cell that the keys move; row -1 marks none. */
  setActive(row: number, column: number): void {
    this.active = [row, column];
    if (this.marked !== null) {
      this.marked.id = '';
      this.marked.classList.remove(ACTIVE);
      this.marked = null;
    }
    this.slots.forEach(slot => slot.row === row && this.mark(slot));
  }

  /** The id of the marked cell, or null where it isn't in sight. */
  get activeId(): string | null {
    return this.marked?.id || null;
  }

  /** Row and column of what was clicked; the column is null on a row's number. */
  at(target: EventTarget | null): { row: number; column: number | null } | null {
    const node = target as Node;
    for (const { node: row, number, cells, row: index } of this.slots) {
      if (index !== null && (row.contains(node) || number.contains(node))) {
        const place = cells.findIndex(cell => cell.node.contains(node));
        return { row: index, column: place < 0 ? null : this.columns[place].index };
      }
    }
    return null;
  }

  /** Put the elements into reading order, for those who read the page and not the picture. */
  arrange(): void {
    const used = this.slots.filter(({ row }) => row !== null).sort((a, b) => a.row! - b.row!);
    let after: Element | null = null;
    for (const { node } of used.reverse()) {
      if (node.nextElementSibling !== after) {
        this.cells.insertBefore(node, after);
      }
      after = node;
    }
  }

  private makeSlot(): ISlot {
    const node = this.cells.ownerDocument.createElement('div');
    node.setAttribute('role', 'row');
    node.className = LOOK;
    const number = node.ownerDocument.createElement('div');
    number.className = 'tsm-Grid-number';
    const numberText = node.ownerDocument.createTextNode('');
    number.append(numberText);
    const slot: ISlot = { node, number, numberText, cells: [], row: null, waiting: false, look: LOOK };
    node.hidden = number.hidden = true;
    this.fit(slot);
    this.cells.append(node);
    this.numbers.append(number);
    return slot;
  }

  /** Give a row the cells of the columns in sight. */
  private fit(slot: ISlot): void {
    const { cells, node } = slot;
    this.unmark(slot);
    for (const cell of cells.splice(this.columns.length)) {
      cell.node.remove();
    }
    this.columns.forEach(({ index, left, width }, place) => {
      if (cells[place] === undefined) {
        const made = node.ownerDocument.createElement('div');
        made.setAttribute('role', 'gridcell');
        const text = node.ownerDocument.createTextNode('');
        made.append(text);
        cells.push({ node: made, text, said: '', look: '' });
        node.append(made);
      }
      const cell = cells[place].node;
      cell.setAttribute('aria-colindex', String(index + 1));
      cell.style.left = `${left}px`;
      cell.style.width = `${width}px`;
    });
  }

  private vacate(slot: ISlot): void {
    if (slot.row !== null) {
      slot.row = null;
      this.unmark(slot);
      slot.node.hidden = slot.number.hidden = true;
    }
  }

  private give(slot: ISlot, row: number): void {
    if (slot.row === null) {
      slot.node.hidden = slot.number.hidden = false;
    }
    slot.row = row;
    this.unmark(slot);
    const moved = `translateY(${(row - this.base) * ROW_HEIGHT}px)`;
    slot.node.style.transform = moved;
    slot.number.style.transform = moved;
    slot.node.setAttribute('aria-rowindex', String(row + 2));
    slot.numberText.data = formatCount(row + 1);
  }

  private write(slot: ISlot, valueOf: ValueOf): void {
    const row = slot.row!;
    let waiting = false;
    this.columns.forEach((column, place) => {
      const cell = slot.cells[place];
      const value = valueOf(row, column.name);
      waiting ||= value === undefined;
      const said = value === undefined ? '' : value === null ? 'null' : column.format(value);
      if (said !== cell.said) {
        cell.said = said;
        cell.text.data = said;
      }
      const look = `tsm-Grid-cell${column.number ? ' tsm-mod-number' : ''}${
        value === null ? ' tsm-mod-null' : ''
      }`;
      if (look !== cell.look) {
        cell.look = look;
        cell.node.className = look;
      }
    });
    slot.waiting = waiting;
    this.show(slot);
    this.mark(slot);
  }

  private show(slot: ISlot): void {
    const open = slot.row === this.open;
    const look = `${LOOK}${open ? ' tsm-mod-open' : ''}${slot.waiting ? ' tsm-mod-waiting' : ''}`;
    if (look !== slot.look) {
      slot.look = look;
      slot.node.className = look;
      slot.number.classList.toggle('tsm-mod-open', open);
      slot.node.setAttribute('aria-selected', String(open));
    }
  }

  private mark(slot: ISlot): void {
    const [row, column] = this.active;
    const place = slot.row === row ? this.columns.findIndex(({ index }) => index === column) : -1;
    if (place >= 0) {
      this.marked = slot.cells[place].node;
      this.marked.id = `${this.id}-${row}-${column}`;
      this.marked.classList.add(ACTIVE);
    }
  }

  private unmark(slot: ISlot): void {
    if (this.marked !== null && slot.node.contains(this.marked)) {
      this.marked.id = '';
      this.marked.classList.remove(ACTIVE);
      this.marked = null;
    }
  }

  private readonly slots: ISlot[] = [];
  private columns: readonly IPoolColumn[] = [];
  private base = 0;
  private open: number | null = null;
  private active: [number, number] = [-1, -1];
  private marked: HTMLElement | null = null;
}

const LOOK = 'tsm-Grid-row';
const ACTIVE = 'tsm-mod-active';
