import type { IBinner } from '../table/requests';

export interface IExplorerOptions {
  /** Makes the binner; tests give one that counts on the same thread. */
  readonly createBinner?: () => Promise<IBinner>;
  /** How long the rows wait for a brush to come to rest, in ms. */
  readonly settle?: number;
  /** Rows of a table from which on the counts that it opens with are kept; many, unless a test says so. */
  readonly keepFrom?: number;
  /** A condition to start with. */
  readonly condition?: string;
  /** Nothing is begun for the plots before the first rows are painted: where they come through the same channel. */
  readonly rowsFirst?: boolean;
}
