import type { IConfig, LocalService } from '../../api';
import type { IServer } from '../../panel/product';

/** The PZ Server that is used, as the settings say it. */
export function serverOf({ pzserver: { url, name, kind } }: IConfig): IServer {
  return { url, name, kind: kind ?? (url ? 'other' : 'engine') };
}

/** Ask which one is used. */
export function asksServer(local: LocalService): (signal?: AbortSignal) => Promise<IServer> {
  return async signal => serverOf(await local.config(signal));
}
