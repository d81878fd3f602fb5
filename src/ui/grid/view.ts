import type { Value } from '../../expr';
import { columnsShown, ROW_HEIGHT, rowAt, scrollOf, scrollTopOf } from './geometry';
import { RowPool, type IPoolColumn } from './pool';

/** Where a grid's rows come from; `WindowModel` is one. */
export interface IRowProvider {
  /** Null while it is not known; rows shown before stay until it is. */
  readonly total: number | null;
  request(start: number, count: number): void;
  value(row: number, column: string): Value | undefined;
}

export interface IGridNodes {
  /** What scrolls. */
  readonly host: HTMLElement;
  /** The header's columns, moved sideways. */
  readonly strip: HTMLElement;
  readonly cells: HTMLElement;
  readonly numbers: HTMLElement;
}

export interface IGridLayout {
  readonly rows: IRowProvider;
  readonly columns: readonly Omit<IPoolColumn, 'left' | 'width'>[];
  /** The left edges of the columns, and the right edge of the last. */
  readonly offsets: readonly number[];
  /** Room for columns, and for rows, in pixels. */
  readonly width: number;
  readonly height: number;
  readonly active: { readonly row: number; readonly column: number };
  readonly open: number | null;
}

/** How long after the last move the elements are put in order, in ms. */
const REST = 150;

/** Where a grid is scrolled to, and the drawing of what is in sight there. */
export class GridView {
  constructor(
    nodes: IGridNodes,
    private readonly id: string,
    /** Told which columns came into sight, for the header. */
    private readonly onColumns: (from: number, to: number) => void
  ) {
    this.nodes = nodes;
    this.pool = new RowPool(nodes.cells, nodes.numbers, id);
  }

  get first(): number {
    return this._first;
  }

  /** Rows in sight as a whole. */
  get page(): number {
    return Math.max(1, Math.floor(this.height / ROW_HEIGHT));
  }

  /** Take over what React knows, and draw. */
  setLayout(layout: IGridLayout): void {
    const old = this.layout;
    this.layout = layout;
    if (layout.rows.total !== null) {
      this.total = layout.rows.total;
    }
    this.height = layout.height;
    this.pool.setCapacity(this.fit);
    if (old === null || old.columns !== layout.columns || old.offsets !== layout.offsets) {
      this.range = [-1, -1];
    }
    this.pool.setOpen(layout.open);
    this.setFirst(this._first);
    this.draw(true);
    this.pool.setActive(layout.active.row, layout.active.column);
    this.describe();
  }

  /** The scroll bars moved. */
  scrolled(): void {
    const { scrollTop, scrollLeft } = this.nodes.host;
    this.left = scrollLeft;
    // where the bar follows the rows, it has nothing to say
    if (this.expected === null || Math.abs(scrollTop - this.expected) > 1) {
      this.expected = null;
      this.setFirst(rowAt(scrollTop, this.total, this.height));
    }
    this.draw(false);
  }

  /** The wheel moved by so many pixels: where a pixel of the bar is many rows, it still moves by rows. */
  wheel(event: WheelEvent): void {
    if (!scrollOf(this.total).scaled || Math.abs(event.deltaY) <= Math.abs(event.deltaX)) {
      return;
    }
    event.preventDefault();
    const rows =
      event.deltaMode === 1
        ? event.deltaY
        : event.deltaMode === 2
          ? event.deltaY * this.page
          : event.deltaY / ROW_HEIGHT;
    this.setFirst(this._first + rows);
    if (this.frame === null) {
      this.frame = requestAnimationFrame(() => {
        this.frame = null;
        this.follow();
        this.draw(false);
      });
    }
  }

  showRow(row: number): void {
    this.setFirst(row);
    this.follow();
    this.draw(false);
  }

  /** Scroll as little as it takes to see a row as a whole; the header is always seen. */
  revealRow(row: number): void {
    if (row >= 0 && row < this._first) {
      this.showRow(row);
    } else if (row > this._first + this.page - 1) {
      this.showRow(row - this.page + 1);
    }
  }

  /** The same for a cell. */
  reveal(row: number, column: number): void {
    this.revealRow(row);
    const { offsets, width } = this.layout!;
    if (offsets[column] < this.left) {
      this.nodes.host.scrollLeft = this.left = offsets[column];
    } else if (offsets[column + 1] > this.left + width) {
      this.nodes.host.scrollLeft = this.left = Math.min(offsets[column], offsets[column + 1] - width);
    }
    this.draw(false);
  }

  private get fit(): number {
    return Math.max(0, Math.ceil(this.height / ROW_HEIGHT) + 1);
  }

  /** Rows came: write them. */
  refresh(): void {
    this.draw(true);
  }

  dispose(): void {
    clearTimeout(this.resting);
    if (this.frame !== null) {
      cancelAnimationFrame(this.frame);
    }
    this.pool.setCapacity(0);
  }

  readonly pool: RowPool;

  private setFirst(row: number): void {
    const last = Math.max(0, this.total - this.height / ROW_HEIGHT);
    this._first = Math.max(0, Math.min(row, last));
  }

  /** The scroll bar takes the place of the rows. */
  private follow(): void {
    const { host } = this.nodes;
    this.expected = scrollTopOf(this._first, this.total, this.height);
    host.scrollTop = this.expected;
  }

  private draw(fresh: boolean): void {
    const { layout } = this;
    if (layout === null || layout.width <= 0 || this.height <= 0) {
      return;
    }
    const { rows, columns, offsets } = layout;
    const { host, strip } = this.nodes;
    const [from, to] = columnsShown(offsets, this.left, layout.width);
    const other = from !== this.range[0] || to !== this.range[1];
    if (other) {
      this.range = [from, to];
      this.pool.setColumns(
        columns.slice(from, to).map((column, i) => ({
          ...column,
          left: offsets[from + i],
          width: offsets[from + i + 1] - offsets[from + i]
        }))
      );
      this.onColumns(from, to);
    }
    strip.style.transform = `translateX(${-this.left}px)`;
    // while other rows are on their way, those shown stay, faded; but not under other columns
    const stale = rows.total === null && this.total > 0;
    if (stale !== this.stale) {
      this.stale = stale;
      host.classList.toggle('tsm-mod-stale', stale);
      fresh = true;
    }
    const start = Math.floor(this._first);
    const count = Math.max(0, Math.min(this.fit, this.total - start));
    if (!stale) {
      rows.request(start, Math.max(1, count));
      const valueOf = (row: number, column: string) => rows.value(row, column);
      this.pool.draw(this._first, count, this.left, valueOf, fresh || other);
    } else if (other) {
      this.pool.draw(this._first, count, this.left, () => undefined, true);
    }
    this.describe();
    clearTimeout(this.resting);
    this.resting = setTimeout(() => this.pool.arrange(), REST);
  }

  /** Say which cell is the active one, and whether rows are awaited. */
  private describe(): void {
    const { host } = this.nodes;
    const { active } = this.layout!;
    const id = active.row < 0 ? `${this.id}-head-${active.column}` : this.pool.activeId;
    const seen = active.row >= 0 || (active.column >= this.range[0] && active.column < this.range[1]);
    attribute(host, 'aria-activedescendant', seen ? id : null);
    attribute(host, 'aria-busy', this.stale || this.pool.waiting ? 'true' : null);
  }

  private readonly nodes: IGridNodes;
  private layout: IGridLayout | null = null;
  private total = 0;
  private height = 0;
  private _first = 0;
  private left = 0;
  private stale = false;
  private range: [number, number] = [-1, -1];
  /** The place of the bar that was set here, whose event isn't taken for the user's. */
  private expected: number | null = null;
  private frame: number | null = null;
  private resting: ReturnType<typeof setTimeout> | undefined;
}

function attribute(node: HTMLElement, name: string, value: string | null): void {
  if (node.getAttribute(name) !== value) {
    if (value === null) {
      node.removeAttribute(name);
    } else {
      node.setAttribute(name, value);
    }
  }
}
