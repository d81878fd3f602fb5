import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';

import { ITsmServices } from '../tokens';
import { once } from './later';

/** The service layer over this page's Jupyter server. */
export const services: JupyterFrontEndPlugin<ITsmServices> = {
  id: 'pz-tsm:services',
  description: 'Connects to the engine and the PZ Server through the Jupyter server.',
  autoStart: true,
  provides: ITsmServices,
  activate: (app: JupyterFrontEnd): ITsmServices => ({
    load: once(async () => (await import('./later/services')).connect(app.serviceManager.serverSettings))
  })
};
