import type { JupyterFrontEndPlugin } from '@jupyterlab/application';

const plugin: JupyterFrontEndPlugin<void> = {
  id: 'pz-tsm:plugin',
  description: 'Training sets for photometric redshifts.',
  autoStart: true,
  activate: () => undefined
};

export default plugin;
