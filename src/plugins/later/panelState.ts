/** Where the sidebar keeps what it shows (in this browser) and the filters that have a name (in the settings). */
import type { ISettingRegistry } from '@jupyterlab/settingregistry';
import type { PartialJSONValue } from '@lumino/coreutils';

import { cleaned, type IKeeper, type IKept, type ISavedFilter, type ISavedFilters } from '../../panel/filter';
import { read, write } from './kept';

const KEY = 'pz-tsm:panel';
const SETTING = 'filters';

export const keeper: IKeeper = {
  read: () => (read(KEY) ?? {}) as Partial<IKept>,
  write: kept => write(KEY, kept)
};

export function savedIn(settings: ISettingRegistry.ISettings): ISavedFilters {
  const kept = (settings.get(SETTING).composite ?? []) as unknown as ISavedFilter[];
  return {
    list: kept.map(({ name, filter }) => ({ name: String(name), filter: cleaned(filter) })),
    keep: list => settings.set(SETTING, list as unknown as PartialJSONValue)
  };
}
