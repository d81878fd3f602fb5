import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { ISettingRegistry } from '@jupyterlab/settingregistry';

/** Read a plugin's settings, now and when they change. */
export function onSettings(
  app: JupyterFrontEnd,
  registry: ISettingRegistry | null,
  id: string,
  read: (settings: ISettingRegistry.ISettings) => void
): void {
  // after the start, which need not wait for it
  void app.started
    .then(() => registry?.load(id))
    .then(settings => {
      if (settings) {
        read(settings);
        settings.changed.connect(read);
      }
    })
    .catch(error => console.warn(`The settings of ${id} could not be read:`, error));
}
