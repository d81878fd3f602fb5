import type { IObjects } from '../../table/objects';
import type { ITableHandle } from './samples';

export type { IObjects };

/** What became of objects from the first table to the second, the gravest first. */
export const CHANGES = [
  'added',
  'lost',
  'settled',
  'set aside',
  'redshift',
  'flag',
  'type',
  'survey',
  'same'
] as const;
export type Change = (typeof CHANGES)[number];

/** What matches the objects of two tables and shows them; a comparison without it has no such panel. */
export interface IObjectsService {
  match(a: ITableHandle, b: ITableHandle, radius: number, signal: AbortSignal): Promise<IObjects>;
  /** Open the objects in an explorer, those for which a condition is true. */
  open(objects: IObjects, condition: string): void;
}
