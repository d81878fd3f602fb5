/** The service layer: the only TypeScript that knows an address. */
import { Client } from './client';
import { LocalService } from './local';
import { createPzService, type PzService } from './pzserver';
import { createRegistryService, type RegistryService } from './registry';
import type { ITransport } from './transport/transport';

export { AnswerError, ServerPartMissingError, ServiceError, UnreachableError } from './errors';
export type { IConfig, LocalService, TableReference } from './local';
export type * from './pzserver';
export type * from './registry';
export { refusal, ROLE, STATUS } from './pzserver';

export interface IServices {
  readonly local: LocalService;
  readonly pz: PzService;
  /** Public catalogues. */
  readonly registry: RegistryService;
}

export function createServices(transport: ITransport): IServices {
  const client = new Client(transport);
  return {
    local: new LocalService(client),
    pz: createPzService(client),
    registry: createRegistryService(client)
  };
}
