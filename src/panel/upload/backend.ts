/** What an upload asks of its surroundings. */
import type { TranslationBundle } from '@jupyterlab/translation';

import type { PzService } from '../../api';
import type { IProposedRole, ITableInfo } from '../../table/source';
import type { IServer } from '../product';
import type { IFolders } from './begin';
import type { IDraftKeeper } from './draft';
import type { ISendBackend } from './send';

export type IUploadBackend = ISendBackend &
  Pick<PzService, 'types' | 'releases'> &
  IFolders & {
    server(signal?: AbortSignal): Promise<IServer>;
    /** A table of the file browser, opened. */
    info(path: string): Promise<ITableInfo>;
    /** What its columns mean; of columns that only the server has, what their names tell. */
    propose(path: string): Promise<readonly IProposedRole[]>;
    proposeByNames(names: readonly string[]): Promise<readonly IProposedRole[]>;
  };

export interface IUploadOptions {
  readonly backend: IUploadBackend;
  readonly keeper: IDraftKeeper;
  readonly trans: TranslationBundle;
  readonly id: string;
  /** Milliseconds between two looks at a file on its way. */
  readonly rest?: number;
  readonly now?: () => string;
}
