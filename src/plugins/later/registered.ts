import type { CommandRegistry } from '@lumino/commands';

import type { IServices } from '../../api';
import * as CommandIds from '../../commandIds';
import type { IRun } from '../../recipe/backend';

/**
 * Open the product that a run's result became. It is one of the engine's: where the catalogues come from another
 * PZ Server, its number means something else there, and the table of the bundle is opened, which holds the same.
 */
export async function openRegistered(
  commands: CommandRegistry,
  { local }: IServices,
  { product, result }: IRun
): Promise<void> {
  const { pzserver } = await local.config();
  const table = result?.tables[0];
  if (product && !(pzserver.configured && table)) {
    await commands.execute(CommandIds.openProduct, { product: product.id });
  } else if (table) {
    await commands.execute(CommandIds.openTable, { file: table.path });
  }
}
