import type { ServerConnection } from '@jupyterlab/services';

import { createServices, type IServices } from '../../api';
import { JupyterTransport } from '../../api/transport/jupyter';

export function connect(settings: ServerConnection.ISettings): IServices {
  return createServices(new JupyterTransport(settings));
}
