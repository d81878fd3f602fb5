import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';

import { createServices } from '../api';
import { JupyterTransport } from '../api/transport/jupyter';
import { ITsmServices } from '../tokens';

/** The service layer over this page's Jupyter server. */
export const services: JupyterFrontEndPlugin<ITsmServices> = {
  id: 'pz-tsm:services',
  description: 'Connects to the engine and the PZ Server through the Jupyter server.',
  autoStart: true,
  provides: ITsmServices,
  activate: (app: JupyterFrontEnd): ITsmServices =>
    createServices(new JupyterTransport(app.serviceManager.serverSettings))
};
