/** The PZ Server's REST interface: products, their files, processes, people. */
import type { Client } from './client';
import { type FileCalls, fileCalls } from './pzserver-files';
import { type ProcessCalls, processCalls } from './pzserver-processes';
import { type ProductCalls, productCalls } from './pzserver-products';
import { type UploadCalls, uploadCalls } from './pzserver-uploads';
import { type UserCalls, userCalls } from './pzserver-users';

export * from './pzserver-files';
export * from './pzserver-processes';
export * from './pzserver-products';
export * from './pzserver-uploads';
export * from './pzserver-users';

export type PzService = ProductCalls & FileCalls & ProcessCalls & UploadCalls & UserCalls;

/** Wait; rejects when it is given up. */
function rest(milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, milliseconds);
    signal?.addEventListener('abort', () => {
      clearTimeout(timer);
      reject(signal.reason);
    });
  });
}

export function createPzService(client: Client, wait = rest): PzService {
  return {
    ...productCalls(client, wait),
    ...fileCalls(client),
    ...processCalls(client),
    ...uploadCalls(client),
    ...userCalls(client)
  };
}
