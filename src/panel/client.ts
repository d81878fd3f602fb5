/** Python that begins with the official client of a PZ Server. */
import type { IServer } from './product/model';

/** Lines that make `server`; the token is asked for, never written. */
export function clientLines(server: IServer | null): string[] {
  const remote = server !== null && server.kind !== 'engine';
  const host = { real: '"pz"', development: '"pz-dev"' }[server?.kind ?? ''];
  const address = remote ? JSON.stringify(server.url) : 'input("Address: ")';
  return [
    'from getpass import getpass',
    '',
    'from pzserver import PzServer',
    '',
    ...(remote ? [] : ['# address and token of the engine: pz-tsm engine add-user NAME']),
    `server = PzServer(token=getpass("API token: "), host=${host ?? address})`
  ];
}
